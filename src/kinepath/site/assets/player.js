"use strict";
/* Plays videos in step. One clock counts seconds from each video's event (contact, or its start);
   every video follows it, by a slightly changed rate while it is near and by a seek when it is not.
   What else is drawn follows the same clock: kinepath.player.follow(callback). */
(() => {
  const byId = (id) => document.getElementById(id);
  const bar = byId("player");
  if (!bar) return;
  const play = byId("play"), scrub = byId("scrub"), clock = byId("clock"), speed = byId("speed");
  const loop = byId("loop"), marked = bar.querySelector(".marked");
  const buttons = { a: byId("mark-a"), b: byId("mark-b") };

  const SEEK_BEYOND_S = 0.25;
  const CORRECTION_PER_S = 3;

  const state = { time: 0, start: 0, end: 0, playing: false, fresh: true, last: null };
  const marks = { a: null, b: null };
  const callbacks = [];
  // Says a time in words; pages that know the raw video's clock replace it.
  let words = (time) => `${signed(time)} s`;
  let clips = [];

  function signed(time) {
    const sign = time < -0.005 ? "−" : time >= 0.005 ? "+" : "";
    return `${sign}${Math.abs(time).toFixed(2)}`;
  }

  const usable = (clip) => !clip.failed && clip.video.readyState >= 1;
  const inSight = () => clips.filter((clip) => !clip.figure.hidden && !clip.failed);
  const frameRate = () => Math.max(1, ...inSight().map((clip) => clip.fps));

  /* --- following the clock ------------------------------------------------------------------ */

  function follow(clip) {
    const { video, fps } = clip;
    const last = Math.max(0, video.duration - 0.5 / fps);
    const wanted = clip.map(state.time);
    const target = Math.min(Math.max(wanted, 0), last);
    // How fast this video runs against the clock: 1, but where it is warped onto another.
    const pace = (clip.map(state.time + 0.04) - clip.map(state.time - 0.04)) / 0.08;
    const rate = Number(speed.value) * pace;
    if (!state.playing || wanted < 0 || wanted > last || rate < 0.07) {
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
    const wish = Math.min(4, Math.max(0.0625, rate * (1 - correction)));
    if (Math.abs(video.playbackRate - wish) > 0.01 * rate) video.playbackRate = wish;
  }

  const isLooping = () => loop.getAttribute("aria-pressed") === "true";
  const begin = () => (isLooping() && marks.a !== null ? marks.a : state.start);
  const finish = () => (isLooping() && marks.b !== null && marks.b > begin() ? marks.b : state.end);

  function advance(now) {
    if (state.playing && state.last !== null) {
      state.time += ((now - state.last) / 1000) * Number(speed.value);
      if (state.time >= finish()) {
        if (isLooping()) state.time = begin();
        else {
          state.time = state.end;
          setPlaying(false);
        }
      }
    }
    state.last = now;
    const shown = inSight();
    for (const clip of clips) {
      if (shown.includes(clip) && usable(clip)) follow(clip);
      else if (!clip.video.paused) clip.video.pause();
    }
    show();
    requestAnimationFrame(advance);
  }

  /* --- controls ----------------------------------------------------------------------------- */

  function setPlaying(on) {
    if (on && (state.fresh || state.time >= state.end - 1e-6)) state.time = begin();
    state.fresh = false;
    state.playing = on;
    bar.classList.toggle("playing", on);
    const label = on ? "Pause" : "Play";
    play.setAttribute("aria-label", label);
    play.querySelector("span").textContent = label;
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
    const known = inSight().filter(usable);
    if (!known.length) return;
    const master = known.filter((clip) => clip.leads);
    const counted = master.length ? master : known;
    state.start = Math.min(...counted.map((clip) => -clip.event));
    state.end = Math.max(...counted.map((c) => c.video.duration - c.event - 0.5 / c.fps));
    state.time = Math.min(Math.max(state.time, state.start), state.end);
    scrub.min = state.start;
    scrub.max = state.end;
    const along = (time) => (time - state.start) / (state.end - state.start || 1);
    scrub.parentElement.style.setProperty("--zero", String(along(0)));
    marked.hidden = marks.a === null && marks.b === null;
    marked.style.setProperty("--from", String(along(marks.a ?? state.start)));
    marked.style.setProperty("--to", String(along(marks.b ?? state.end)));
  }

  let shownAt = null;
  function show() {
    if (state.time === shownAt) return;
    shownAt = state.time;
    scrub.value = state.time;
    const said = words(state.time);
    if (clock.textContent !== said) {
      clock.textContent = said;
      scrub.setAttribute("aria-valuetext", said);
    }
    for (const callback of callbacks) callback(state.time);
  }

  function mark(which) {
    const near = marks[which] !== null && Math.abs(marks[which] - state.time) < 0.5 / frameRate();
    marks[which] = near ? null : state.time;
    if (marks.a !== null && marks.b !== null && marks.b <= marks.a) {
      marks[which === "a" ? "b" : "a"] = null;
    }
    for (const [name, button] of Object.entries(buttons)) {
      button.setAttribute("aria-pressed", String(marks[name] !== null));
    }
    if (marks[which] !== null) loop.setAttribute("aria-pressed", "true");
    measure();
  }

  const toggleLoop = () => loop.setAttribute("aria-pressed", String(!isLooping()));

  play.addEventListener("click", () => setPlaying(!state.playing));
  byId("back").addEventListener("click", () => step(-1));
  byId("forward").addEventListener("click", () => step(1));
  scrub.addEventListener("input", () => moveTo(Number(scrub.value)));
  loop.addEventListener("click", toggleLoop);
  buttons.a.addEventListener("click", () => mark("a"));
  buttons.b.addEventListener("click", () => mark("b"));

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const on = event.target.closest?.("button, a, select, input:not(#scrub), summary, canvas");
    const typing = on && ["SELECT", "INPUT"].includes(on.tagName);
    if (typing) return;
    if (event.key === " " && (!on || on.tagName === "CANVAS")) setPlaying(!state.playing);
    else if (event.key === "ArrowLeft" && on?.tagName !== "CANVAS") step(event.shiftKey ? -10 : -1);
    else if (event.key === "ArrowRight" && on?.tagName !== "CANVAS") step(event.shiftKey ? 10 : 1);
    else if (event.key.toLowerCase() === "l") toggleLoop();
    else if (event.key.toLowerCase() === "a") mark("a");
    else if (event.key.toLowerCase() === "b") mark("b");
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

  function take(video) {
    const event = Number(video.dataset.event);
    const clip = {
      video,
      event,
      fps: Number(video.dataset.fps),
      figure: video.closest("figure"),
      failed: false,
      leads: false,
      map: (time) => time + event,
    };
    video.controls = false;
    video.addEventListener("loadedmetadata", measure);
    video.addEventListener("error", () => fail(clip));
    video.addEventListener("click", () => setPlaying(!state.playing));
    video.addEventListener("dblclick", () => video.requestFullscreen?.());
    if (video.error) fail(clip);
    return clip;
  }

  /* Takes the videos that the page holds now; those that were taken before are forgotten. */
  function collect() {
    clips = [...document.querySelectorAll("video")].map(take);
    shownAt = null;
    measure();
    return clips;
  }

  for (const group of document.querySelectorAll(".group")) {
    const tabs = group.querySelector(".tabs");
    if (!tabs || !group.querySelector("video")) continue;
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
    choose(tabs.children[0].dataset.kind);
  }

  (window.kinepath ??= {}).player = {
    collect,
    measure,
    seek: (time) => {
      setPlaying(false);
      moveTo(time);
    },
    restart: () => {
      state.fresh = true;
      state.time = state.start;
    },
    follow: (callback) => {
      callbacks.push(callback);
      shownAt = null;
    },
    say: (how) => {
      words = how;
      shownAt = null;
    },
    marks,
    signed,
    get time() {
      return state.time;
    },
  };

  collect();
  bar.hidden = false;
  requestAnimationFrame(advance);
})();
