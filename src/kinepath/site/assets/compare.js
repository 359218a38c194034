"use strict";
/* Two clips beside and over each other; the address says which, so that it can be sent. */
(() => {
  const kinepath = window.kinepath;
  const { player, figure, charts } = kinepath;
  const { escaped } = charts;
  const byId = (id) => document.getElementById(id);
  const { clips: listed, activities } = kinepath.list[""];
  const choice = { a: byId("a"), b: byId("b"), by: byId("by") };
  let kind = "overlay";

  for (const select of [choice.a, choice.b]) {
    for (const clip of listed) {
      const who = [...new Set([clip.label, clip.athlete, clip.clip])].filter(Boolean).join(" · ");
      select.add(new Option(who, clip.clip));
    }
  }

  /* The mean of a label's clips stands for one: "mean", activity and label, with strokes between. */
  const MEAN = "mean/";
  const isMean = (name) => name.startsWith(MEAN);
  const meanOf = (name) => {
    const [, activity, ...label] = name.split("/");
    return { activity, label: label.join("/") };
  };
  const means = new Map();
  for (const { activity, label } of listed) {
    const name = `${MEAN}${activity}/${label}`;
    if (activities.includes(activity)) means.set(name, (means.get(name) ?? 0) + 1);
  }
  const group = document.createElement("optgroup");
  group.label = "Mean of a label";
  for (const [name, count] of means) {
    if (count > 1) group.append(new Option(`${meanOf(name).label} · mean of its clips`, name));
  }
  if (group.children.length) choice.b.append(group);

  const loaded = new Map();
  function load(address) {
    if (!loaded.has(address)) {
      loaded.set(
        address,
        new Promise((done) => {
          const script = document.createElement("script");
          script.src = address;
          script.addEventListener("load", () => done(true));
          script.addEventListener("error", () => done(false));
          document.head.append(script);
        }),
      );
    }
    return loaded.get(address);
  }

  /* --- the warping path --------------------------------------------------------------------- */

  /* The data of a clip or of a label's mean; null where there are none. */
  async function dataOf(name) {
    if (!isMean(name)) return (await load(`clips/${name}/data.js`)) ? kinepath.clips[name] : null;
    const { activity, label } = meanOf(name);
    await load(`comparisons/${activity}/label.means.js`);
    return kinepath.means?.[activity]?.[label] ?? null;
  }

  /* Times of both clips (raw clocks) at the points of their path; null where they have none. */
  async function warp(a, b) {
    if (isMean(b)) {
      const mean = await dataOf(b);
      return mean.warps[a] ? timed(mean.warps[a], kinepath.clips[a], mean) : null;
    }
    const [one, other] = [a, b].map((name) => listed.find((clip) => clip.clip === name));
    if (one.activity !== other.activity || a === b || !activities.includes(one.activity)) return null;
    for (const [first, second] of [[a, b], [b, a]]) {
      if (!(await load(`comparisons/${one.activity}/${first}.js`))) continue;
      const found = kinepath.warps?.[first]?.[second];
      if (!found) continue;
      const path = timed(found, kinepath.clips[first], kinepath.clips[second]);
      return first === a ? path : { ...path, first: path.second, second: path.first };
    }
    return null;
  }

  function timed(found, one, other) {
    let [i, j] = [0, 0];
    const times = [[found.start_s[0]], [found.start_s[1]]];
    for (const code of found.steps) {
      if (code !== "2") i += 1;
      if (code !== "1") j += 1;
      times[0].push(found.start_s[0] + i / one.fps);
      times[1].push(found.start_s[1] + j / other.fps);
    }
    return { ...found, first: times[0], second: times[1] };
  }

  /* The second clip's time for one of the first: the middle of the partners, and between them. */
  function partners(path) {
    const first = [], second = [];
    for (let k = 0; k < path.first.length; ) {
      let m = k;
      while (m + 1 < path.first.length && path.first[m + 1] === path.first[k]) m += 1;
      first.push(path.first[k]);
      second.push((path.second[k] + path.second[m]) / 2);
      k = m + 1;
    }
    return (time) => {
      const last = first.length - 1;
      if (time <= first[0]) return second[0] + (time - first[0]);
      if (time >= first[last]) return second[last] + (time - first[last]);
      let k = 1;
      while (first[k] < time) k += 1;
      const part = (time - first[k - 1]) / (first[k] - first[k - 1]);
      return second[k - 1] + part * (second[k] - second[k - 1]);
    };
  }

  /* --- what is shown ------------------------------------------------------------------------ */

  function videoOf(name) {
    const clip = kinepath.clips[name];
    const holder = document.createElement("figure");
    holder.className = "video";
    const screen = document.createElement("div");
    screen.className = "screen";
    const video = document.createElement("video");
    Object.assign(video, { src: `clips/${name}/${kind}.mp4`, poster: `clips/${name}/${kind}.jpg`, muted: true, playsInline: true, preload: "auto" });
    video.setAttribute("aria-label", clip.label);
    video.dataset.fps = clip.fps;
    video.dataset.event = choice.by.value === "start" ? 0 : (clip.event_s ?? 0);
    const failure = document.createElement("p");
    failure.className = "failure";
    failure.hidden = true;
    failure.textContent = "This browser could not play the video; it may lack H.264.";
    screen.append(video, failure);
    const caption = document.createElement("figcaption");
    const link = document.createElement("a");
    link.href = `clips/${name}.html`;
    link.textContent = clip.label === name ? name : `${clip.label} · ${name}`;
    caption.append(link);
    holder.append(screen, caption);
    return holder;
  }

  /* A mean has no video: its stick figure stands in its place. */
  function figureOf(mean) {
    const holder = document.createElement("figure");
    holder.className = "figure";
    holder.id = "mean";
    const canvas = document.createElement("canvas"), caption = document.createElement("figcaption");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Mean of ${mean.label}`);
    holder.append(canvas, caption);
    return holder;
  }

  const zeroOf = (clip) => clip.start_s + (choice.by.value === "start" ? 0 : (clip.event_s ?? 0));
  const frameAt = (clip, raw) => {
    const frame = Math.round((raw - clip.time_s[0]) * clip.fps);
    return frame < 0 || frame >= clip.time_s.length ? null : frame;
  };

  function fill(table, shares) {
    table.tBodies[0].replaceChildren();
    for (const [name, share] of shares) {
      const row = table.tBodies[0].insertRow();
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = name;
      const bar = document.createElement("meter");
      Object.assign(bar, { min: 0, max: 1, value: share });
      bar.setAttribute("aria-label", name);
      row.append(head);
      row.insertCell().textContent = `${Math.round(100 * share)} %`;
      row.insertCell().append(bar);
    }
  }

  let drawn = { clips: [], partner: null };
  player.follow((time) => {
    const { clips, partner } = drawn;
    if (clips.length < 2) return;
    const raw = zeroOf(clips[0]) + time;
    const other = partner ? partner(raw) : zeroOf(clips[1]) + time;
    const frames = [frameAt(clips[0], raw), frameAt(clips[1], other)];
    figure.ghost(byId("ghost").querySelector("canvas"), clips, frames);
    const mean = byId("mean");
    if (mean) {
      figure.ghost(mean.querySelector("canvas"), clips, [null, frames[1]]);
      mean.querySelector("figcaption").textContent =
        `${clips[1].label}, mean of ${clips[1].clips.length} clips` +
        (clips[1].clips.includes(clips[0].name) ? ", the first among them" : "") +
        (frames[1] === null ? ": not that early or late" : "");
    }
  });

  function curves(clips, path) {
    const [one, other] = clips;
    const traces = [];
    const titles = one.panels.map((p) => p.title).filter((t) => other.panels.some((p) => p.title === t));
    const height = 1 / titles.length, gap = 0.04;
    const axis = charts.axis();
    const layout = {
      ...charts.layout(150 * titles.length + 60),
      ...charts.hover(),
      xaxis: { ...axis, title: { text: path ? "seconds of the first clip, the second warped onto it" : "seconds" } },
    };
    titles.forEach((title, row) => {
      const name = row ? `yaxis${row + 1}` : "yaxis";
      const panels = clips.map((clip) => clip.panels.find((p) => p.title === title));
      // Metres of one athlete and body heights of another are no common measure.
      const mixed = panels[0].unit !== panels[1].unit;
      const factors = clips.map((clip, index) => (mixed && panels[index].unit === "m/s" ? 1 / clip.height_m : 1));
      const unit = mixed ? "body heights/s" : panels[0].unit;
      layout[name] = { ...axis, domain: [1 - (row + 1) * height + gap, 1 - row * height], title: { text: `${title} (${unit})`, font: { size: 11 } } };
      clips.forEach((clip, index) => {
        const warped = index && path;
        const colour = index ? "#e69f00" : "#56b4e9";
        const x = (warped ? one : clip).time_s.map((time) => time - zeroOf(warped ? one : clip));
        // Warped, each frame of the first clip has the value of its partner in the second.
        const frames = warped ? one.time_s.map((time) => frameAt(other, path(time))) : null;
        const placed = (values) => {
          const scaled = values.map((v) => (v === null ? null : v * factors[index]));
          return frames ? frames.map((frame) => scaled[frame] ?? null) : scaled;
        };
        panels[index].lines.forEach((line, k) => {
          const y = placed(line.values), yaxis = row ? `y${row + 1}` : "y";
          // Of a label's mean the spread of its clips.
          if (clip.warps) traces.push(...charts.band(x, y, placed(line.sd), colour, yaxis, line.name));
          traces.push({
            x, y, yaxis, mode: "lines",
            name: `${escaped(clip.label)}, ${escaped(line.name)}`, showlegend: false,
            line: { color: colour, width: 1.8, dash: k ? "dash" : "solid" },
            hovertemplate: `%{y:.2f}<extra>${escaped(clip.label)}, ${escaped(line.name)}</extra>`,
          });
        });
      });
    });
    layout.xaxis.anchor = titles.length > 1 ? `y${titles.length}` : "y";
    byId("curves-section").hidden = !titles.length;
    if (titles.length) charts.draw(byId("curves"), traces, layout, charts.CONFIG);
  }

  let asked = 0, unknown = "";
  async function show() {
    const mine = (asked += 1);
    const [a, b] = [choice.a.value, choice.b.value];
    history.replaceState(null, "", `#${new URLSearchParams({ a, b, by: choice.by.value })}`);
    byId("exchange").disabled = isMean(b);
    const clips = await Promise.all([a, b].map(dataOf));
    if (mine !== asked) return;
    if (clips.includes(null)) {
      byId("state").textContent = isMean(b)
        ? "This label has no mean: its clips show nothing in common. Choose a clip of it."
        : "The data of a clip are missing: run the workflow again.";
      return;
    }
    const path = await warp(a, b);
    if (mine !== asked) return;
    const phase = choice.by.value === "phase";
    const why = a === b ? "It is the same clip twice."
      : isMean(b) ? "By phase only clips that are in a mean can follow it."
      : "No warping path for these two: they are not of one activity, one could not be compared, or they are far from each other.";
    byId("state").textContent = [unknown, phase && !path ? `${why} In step by contact, or by the start of what has none.` : ""].filter(Boolean).join(" ");
    unknown = "";
    const partner = phase && path ? partners(path) : null;
    byId("pair").replaceChildren(videoOf(a), isMean(b) ? figureOf(clips[1]) : videoOf(b));
    byId("stage").hidden = byId("ghost-section").hidden = false;
    const playing = player.collect();
    playing[0].leads = partner !== null;
    if (partner && playing[1]) {
      playing[1].map = (time) => partner(zeroOf(clips[0]) + time) - clips[1].start_s;
    }
    drawn = { clips, partner };
    player.restart();
    player.measure();
    curves(clips, partner);
    byId("shares-section").hidden = path === null;
    if (path) {
      byId("distance").textContent = `Distance per step ${path.per_step.toPrecision(3)} (dynamic time warping); each phase is one of ${isMean(b) || kinepath.warps[a]?.[b] ? a : b}.${path.unseen.length ? ` Not compared, because one of them does not show it: ${path.unseen.join(", ")}.` : ""}`;
      fill(byId("groups"), Object.entries(path.groups));
      fill(byId("phases"), path.phases.map((p) => [p.phase, p.share]));
    }
  }

  /* --- controls ----------------------------------------------------------------------------- */

  byId("exchange").addEventListener("click", () => {
    [choice.a.value, choice.b.value] = [choice.b.value, choice.a.value];
    show();
  });
  byId("link").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      byId("state").textContent = "Copied.";
    } catch {
      byId("state").textContent = location.href;
    }
  });
  byId("kinds").addEventListener("click", (event) => {
    if (!event.target.dataset.kind) return;
    kind = event.target.dataset.kind;
    for (const tab of byId("kinds").children) {
      tab.setAttribute("aria-pressed", String(tab.dataset.kind === kind));
    }
    show();
  });
  byId("choice").addEventListener("submit", (event) => event.preventDefault());
  for (const select of Object.values(choice)) select.addEventListener("change", show);

  function fromAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const [name, select] of Object.entries(choice)) {
      const value = given.get(name);
      if ([...select.options].some((o) => o.value === value)) select.value = value;
      else if (value) unknown = `There is no ${value} to choose here.`;
    }
    const activities = listed.map((clip) => clip.activity);
    if (!given.get("a")) {
      const likely = listed.find((c) => activities.filter((a) => a === c.activity).length > 1);
      choice.a.value = (likely ?? listed[0])?.clip;
    }
    if (!given.get("b") && listed.length > 1) {
      const first = listed.find((clip) => clip.clip === choice.a.value);
      const like = listed.find((c) => c.clip !== first.clip && c.activity === first.activity);
      choice.b.value = (like ?? listed.find((c) => c.clip !== first.clip)).clip;
    }
    if (listed.length) show();
  }
  window.addEventListener("hashchange", fromAddress);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  fromAddress();
})();
