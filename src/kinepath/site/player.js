"use strict";
/* Plays many videos in step. One clock counts seconds from each video's event (the peak of bat
   speed); every video follows it, by a slightly changed rate while it is near and by a seek when
   it is not. */
(() => {
  const byId = (id) => document.getElementById(id);
  const bar = byId("player"), play = byId("play"), scrub = byId("scrub"), clock = byId("clock");
  const speed = byId("speed"), scope = byId("scope"), loop = byId("loop");

  // Decoding costs: with more videos than this, those out of sight wait until they are scrolled to.
  const DECODED_AT_ONCE = 24;
  const SEEK_BEYOND_S = 0.25;
  const CORRECTION_PER_S = 3;

  const clips = [...document.querySelectorAll("video")].map((video) => ({
    video,
    event: Number(video.dataset.event),
    fps: Number(video.dataset.fps),
    group: video.closest(".group"),
    figure: video.closest("figure"),
    inSight: false,
    failed: false,
  }));
  if (!clips.length) return;

  const state = { time: 0, start: 0, end: 0, playing: false, fresh: true, last: null };

  const usable = (clip) => !clip.failed && clip.video.readyState >= 1;
  const inScope = () => {
    const chosen = clips.filter((clip) => !clip.figure.hidden && !clip.failed);
    return scope.value === "all"
      ? chosen
      : chosen.filter((clip) => clip.group.dataset.scope === scope.value);
  };
  const frameRate = () => Math.max(1, ...inScope().map((clip) => clip.fps));

  /* --- following the clock ------------------------------------------------------------------ */

  function follow(clip) {
    const { video, event, fps } = clip;
    const last = Math.max(0, video.duration - 0.5 / fps);
    const wanted = state.time + event;
    const target = Math.min(Math.max(wanted, 0), last);
    const rate = Number(speed.value);
    if (!state.playing || wanted < 0 || wanted > last) {
      if (!video.paused) video.pause();
      // The middle of the frame: its edge may round to the frame before.
      const frame = Math.floor(target * fps + 1e-3);
      const still = Math.min((frame + 0.5) / fps, last);
      if (!video.seeking && Math.abs(video.currentTime - still) > 0.25 / fps) {
        video.currentTime = still;
      }
      return;
    }
    const drift = video.currentTime - target;
    if (Math.abs(drift) > Math.max(SEEK_BEYOND_S * rate, 2 / fps)) {
      if (!video.seeking) video.currentTime = target;
    }
    if (video.paused) video.play().catch(() => {});
    const correction = Math.min(0.5, Math.max(-0.5, (drift * CORRECTION_PER_S) / rate));
    const wish = Math.max(0.0625, rate * (1 - correction));
    if (Math.abs(video.playbackRate - wish) > 0.01 * rate) video.playbackRate = wish;
  }

  function advance(now) {
    if (state.playing && state.last !== null) {
      state.time += ((now - state.last) / 1000) * Number(speed.value);
      if (state.time >= state.end) {
        if (loop.getAttribute("aria-pressed") === "true") state.time = state.start;
        else {
          state.time = state.end;
          setPlaying(false);
        }
      }
    }
    state.last = now;
    const active = inScope();
    const few = active.length <= DECODED_AT_ONCE;
    for (const clip of clips) {
      if (active.includes(clip) && usable(clip) && (few || clip.inSight)) follow(clip);
      else if (!clip.video.paused) clip.video.pause();
    }
    show();
    requestAnimationFrame(advance);
  }

  /* --- controls ----------------------------------------------------------------------------- */

  function setPlaying(on) {
    if (on && (state.fresh || state.time >= state.end - 1e-6)) state.time = state.start;
    state.fresh = false;
    state.playing = on;
    bar.classList.toggle("playing", on);
    const words = on ? "Pause" : scope.value === "all" ? "Play all" : "Play";
    play.setAttribute("aria-label", words);
    play.querySelector("span").textContent = words;
  }

  function moveTo(time) {
    state.fresh = false;
    state.time = Math.min(Math.max(time, state.start), state.end);
  }

  function step(frames) {
    setPlaying(false);
    const rate = frameRate();
    moveTo((Math.round(state.time * rate) + frames) / rate);
  }

  function measure() {
    const known = inScope().filter(usable);
    if (!known.length) return;
    state.start = Math.min(...known.map((clip) => -clip.event));
    state.end = Math.max(...known.map((clip) => clip.video.duration - clip.event - 0.5 / clip.fps));
    state.time = Math.min(Math.max(state.time, state.start), state.end);
    scrub.min = state.start;
    scrub.max = state.end;
    const zero = -state.start / (state.end - state.start || 1);
    scrub.parentElement.style.setProperty("--zero", String(zero));
  }

  function show() {
    scrub.value = state.time;
    const sign = state.time < -0.005 ? "−" : state.time >= 0.005 ? "+" : "";
    const words = `${sign}${Math.abs(state.time).toFixed(2)} s`;
    if (clock.textContent !== words) {
      clock.textContent = words;
      scrub.setAttribute("aria-valuetext", `${words} from the peak`);
    }
  }

  function toggleLoop() {
    loop.setAttribute("aria-pressed", String(loop.getAttribute("aria-pressed") !== "true"));
  }

  play.addEventListener("click", () => setPlaying(!state.playing));
  byId("back").addEventListener("click", () => step(-1));
  byId("forward").addEventListener("click", () => step(1));
  scrub.addEventListener("input", () => moveTo(Number(scrub.value)));
  loop.addEventListener("click", toggleLoop);
  scope.addEventListener("change", () => {
    measure();
    setPlaying(state.playing);
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const on = event.target.closest("button, a, select, input:not(#scrub), summary");
    if (event.key === " " && !on) setPlaying(!state.playing);
    else if (event.key === "ArrowLeft" && on?.tagName !== "SELECT") step(event.shiftKey ? -10 : -1);
    else if (event.key === "ArrowRight" && on?.tagName !== "SELECT") step(event.shiftKey ? 10 : 1);
    else if (event.key.toLowerCase() === "l" && on?.tagName !== "SELECT") toggleLoop();
    else return;
    event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) setPlaying(false);
  });

  /* --- setting up --------------------------------------------------------------------------- */

  function fail(clip) {
    clip.failed = true;
    clip.video.hidden = true;
    clip.figure.querySelector(".failure").hidden = false;
    measure();
  }

  const sight = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        clips.find((clip) => clip.video === entry.target).inSight = entry.isIntersecting;
      }
    },
    { rootMargin: "25%" },
  );

  for (const clip of clips) {
    clip.video.controls = false;
    clip.video.addEventListener("loadedmetadata", measure);
    clip.video.addEventListener("error", () => fail(clip));
    clip.video.addEventListener("click", () => setPlaying(!state.playing));
    clip.video.addEventListener("dblclick", () => clip.video.requestFullscreen?.());
    if (clip.video.error) fail(clip);
    sight.observe(clip.video);
  }

  [...document.querySelectorAll(".group")].forEach((group, index) => {
    group.dataset.scope = String(index);
    scope.add(new Option(group.dataset.title, String(index)));
    const only = group.querySelector(".focus");
    if (only) {
      only.hidden = false;
      only.addEventListener("click", () => {
        scope.value = group.dataset.scope;
        measure();
        state.fresh = true;
        setPlaying(true);
      });
    }
    const tabs = group.querySelector(".tabs");
    if (tabs) {
      const choose = (kind) => {
        for (const tab of tabs.children) {
          tab.setAttribute("aria-pressed", String(tab.dataset.kind === kind));
        }
        for (const figure of group.querySelectorAll("figure.video")) {
          figure.hidden = figure.dataset.kind !== kind;
        }
        measure();
      };
      tabs.hidden = false;
      tabs.addEventListener("click", (event) => {
        if (event.target.dataset.kind) choose(event.target.dataset.kind);
      });
      const kinds = [...tabs.children].map((tab) => tab.dataset.kind);
      choose(kinds.includes("overlay") ? "overlay" : kinds[0]);
    }
  });

  bar.hidden = false;
  measure();
  requestAnimationFrame(advance);
})();
