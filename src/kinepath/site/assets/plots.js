"use strict";
/* A clip's page: curves, sequence, tables and figure, all on the video's clock. */
(() => {
  const { player, figure, charts } = window.kinepath;
  const { style, escaped, PALETTE } = charts;
  const stage = document.getElementById("stage");
  const clip = window.kinepath.clips[stage.dataset.clip];
  // The clock counts from the event; the data count on the raw video's clock.
  const zero = clip.start_s + (clip.event_s ?? 0);
  const raw = (time) => time + zero;
  const reveal = (node) => (node.hidden = false);

  player.say((time) =>
    clip.event_s === null
      ? `${raw(time).toFixed(2)} s`
      : `${raw(time).toFixed(2)} s (contact ${player.signed(time)})`,
  );

  /* --- what all charts share ---------------------------------------------------------------- */

  const CONFIG = {
    ...charts.CONFIG,
    scrollZoom: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  };

  function layout(height) {
    const axis = { ...charts.axis(), zerolinecolor: style("--line") };
    return {
      ...charts.layout(height),
      ...charts.hover(),
      margin: { l: 58, r: 12, t: 30, b: 38 },
      dragmode: false,
      modebar: { orientation: "v" },
      xaxis: { ...axis, title: { text: "seconds, clock of the raw video" } },
      yaxis: axis,
      shapes: [],
      annotations: [],
    };
  }

  /* A line over a chart that follows the clock; a click or a drag moves it, and the video. */
  function onTheClock(chart) {
    const cursor = document.createElement("div");
    cursor.className = "cursor";
    chart.append(cursor);
    const place = () => {
      const { xaxis, _size: size } = chart._fullLayout;
      const at = xaxis.d2p(raw(player.time));
      cursor.hidden = at < 0 || at > xaxis._length;
      cursor.style.left = `${size.l + at}px`;
      cursor.style.top = `${size.t}px`;
      cursor.style.height = `${size.h}px`;
    };
    const seek = (event) => {
      const { xaxis, _size: size } = chart._fullLayout;
      const at = event.clientX - chart.getBoundingClientRect().left - size.l;
      if (at >= 0 && at <= xaxis._length) player.seek(xaxis.p2d(at) - zero);
    };
    let held = false;
    chart.addEventListener("pointerdown", (event) => {
      if (chart._fullLayout.dragmode !== false || event.target.closest(".modebar, .legend")) return;
      held = true;
      seek(event);
    });
    window.addEventListener("pointermove", (event) => held && seek(event));
    window.addEventListener("pointerup", () => (held = false));
    player.follow(place);
    chart.on("plotly_afterplot", place);
    place();
  }

  function eventShapes() {
    const shapes = [], annotations = [];
    for (const event of clip.events) {
      const isContact = event.name === "contact";
      const line = { color: style(isContact ? "--bad" : "--soft"), width: isContact ? 1.6 : 1, dash: isContact ? "solid" : "dot" };
      shapes.push({ type: "line", x0: event.time_s, x1: event.time_s, yref: "paper", y0: 0, y1: 1, line });
      if (isContact && event.early_s !== undefined) {
        shapes.push({ type: "rect", x0: event.early_s, x1: event.late_s, yref: "paper", y0: 0, y1: 1, fillcolor: style("--bad"), opacity: 0.1, line: { width: 0 }, layer: "below" });
      }
      annotations.push({ x: event.time_s, y: 1, yref: "paper", yanchor: "top", text: escaped(event.name), showarrow: false, textangle: -90, xanchor: "right", font: { size: 10, color: line.color } });
    }
    for (const entry of clip.repetitions) {
      shapes.push({ type: "rect", x0: entry.start_s, x1: entry.end_s, yref: "paper", y0: 0, y1: 1, fillcolor: style("--accent"), opacity: entry.number % 2 ? 0.1 : 0.04, line: { width: 0 }, layer: "below" });
      annotations.push({ x: (entry.start_s + entry.end_s) / 2, y: 1, yref: "paper", yanchor: "top", text: String(entry.number), showarrow: false, font: { size: 11, color: style("--soft") } });
    }
    return { shapes, annotations };
  }

  /* --- curves ------------------------------------------------------------------------------- */

  function sideColour(name, index) {
    if (/^left|left /.test(name)) return "#56b4e9";
    if (/^right|right /.test(name)) return "#e69f00";
    return style(PALETTE[index % PALETTE.length]);
  }

  function drawCurves() {
    const holder = document.getElementById("curves");
    const panels = clip.panels.filter((p) => p.lines.some((l) => l.values.some((v) => v !== null)));
    if (!panels.length) {
      holder.textContent = "Nothing was seen of which a curve could be drawn.";
      return null;
    }
    const traces = [];
    const look = layout(150 * panels.length + 60);
    const gap = 0.035, share = (1 - gap * (panels.length - 1)) / panels.length;
    // Left and right have their colours in all panels: the legend says it once.
    const firstPair = panels.findIndex((p) => p.lines.some((l) => /^(left|right) /.test(l.name)));
    panels.forEach((panel, row) => {
      const axis = row ? `y${row + 1}` : "y";
      const top = 1 - row * (share + gap);
      look[row ? `yaxis${row + 1}` : "yaxis"] = {
        ...look.yaxis,
        domain: [Math.max(0, top - share), top],
        title: { text: `${panel.title} (${panel.unit})`, font: { size: 11 } },
        anchor: "x",
        fixedrange: false,
      };
      const values = panel.lines.flatMap((l) => l.values).filter((v) => v !== null);
      if (values.length) {
        const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
        const margin = 0.15 * (high - low || 1);
        look[row ? `yaxis${row + 1}` : "yaxis"].range = [panel.title === "Speed" ? 0 : low - margin, high + margin];
      }
      panel.lines.forEach((line, index) => {
        const colour = sideColour(line.name, index);
        traces.push(...charts.band(clip.time_s, line.values, line.sd, colour, axis, `${row}${line.name}`));
        traces.push({
          x: clip.time_s, y: line.values, yaxis: axis, mode: "lines",
          name: escaped(/^(left|right) /.test(line.name) ? line.name.split(" ")[0] : `${panel.title}: ${line.name}`),
          line: { color: colour, width: 1.8, dash: /, interpolated$/.test(line.name) ? "dot" : "solid" }, legendgroup: `${row}${line.name}`,
          showlegend: !/^right |^left /.test(line.name) || row === firstPair, connectgaps: false,
          hovertemplate: `%{y:.2f} ${escaped(panel.unit)}<extra>${escaped(line.name)}</extra>`,
        });
      });
    });
    look.xaxis.anchor = panels.length > 1 ? `y${panels.length}` : "y";
    Object.assign(look, eventShapes());
    charts.draw(holder, traces, look, CONFIG);
    return holder;
  }

  /* --- the sequence ------------------------------------------------------------------------- */

  function drawSequence() {
    const { sequence } = clip;
    const holder = document.getElementById("sequence");
    if (!holder || !sequence?.speeds) return null;
    reveal(document.getElementById("sequence-section"));
    const look = layout(320);
    const traces = [];
    Object.entries(sequence.speeds.speed).forEach(([name, speed], index) => {
      const top = Math.max(...speed) || 1;
      const colour = style(PALETTE[index % PALETTE.length]);
      const words = escaped(name.replaceAll("_", " "));
      traces.push({
        x: sequence.speeds.time_s, y: speed.map((v) => v / top), mode: "lines", name: words,
        line: { color: colour, width: 2 }, customdata: speed,
        hovertemplate: `%{customdata:.2f} ${escaped(sequence.speeds.unit)}<extra>${words}</extra>`,
      });
      const node = sequence.nodes.find((n) => n.name === name);
      if (node?.activation_time_s === null || !node) return;
      const at = node.activation_time_s, interval = node.interval_s;
      const y = 1.06 + 0.06 * index;
      traces.push({
        x: [at], y: [y], mode: "markers", marker: { color: colour, size: 9 }, showlegend: false,
        error_x: interval ? { type: "data", symmetric: false, array: [interval[1] - at], arrayminus: [at - interval[0]], color: colour } : undefined,
        hovertemplate: `%{x:.3f} s<extra>${words}</extra>`,
      });
    });
    look.yaxis.title = { text: "fraction of its own peak" };
    Object.assign(look, eventShapes());
    const { time_s: time } = sequence.speeds;
    look.xaxis.range = [time[0], time[time.length - 1]];
    charts.draw(holder, traces, look, CONFIG);
    return holder;
  }

  function drawEdges() {
    const table = document.getElementById("edges");
    const path = clip.sequence?.path ?? [];
    if (!table || !path.length) return;
    reveal(table);
    for (let k = 1; k < path.length; k += 1) {
      const edge = clip.sequence.edges.find((e) => e.from === path[k - 1] && e.to === path[k]);
      if (!edge) continue;
      const row = table.tBodies[0].insertRow();
      const interval = edge.lag_interval_s?.map((s) => (1000 * s).toFixed(0)).join(" to ");
      const cells = [edge.from.replaceAll("_", " "), edge.to.replaceAll("_", " "), `${(1000 * edge.lag_s).toFixed(0)} ms`, interval ? `${interval} ms` : "", edge.c.toFixed(2)];
      for (const text of cells) row.insertCell().textContent = text;
    }
  }

  /* --- setting up --------------------------------------------------------------------------- */

  const clocked = new Set();
  function draw() {
    for (const chart of [drawCurves(), drawSequence()]) {
      if (!chart || clocked.has(chart)) continue;
      onTheClock(chart);
      clocked.add(chart);
    }
  }
  draw();
  drawEdges();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  const show = figure.turnable(document.getElementById("figure"), clip);
  const frameAt = (time) => {
    const frame = Math.round((raw(time) - clip.time_s[0]) * clip.fps);
    return Math.min(Math.max(frame, 0), clip.time_s.length - 1);
  };
  player.follow((time) => show(frameAt(time)));

  const rows = [...document.querySelectorAll(".repetitions .seek")];
  for (const button of rows) {
    button.addEventListener("click", () => player.seek(Number(button.dataset.time) - zero));
  }
  player.follow((time) => {
    for (const button of rows) {
      const now = raw(time);
      const on = now >= Number(button.dataset.time) && now < Number(button.dataset.end);
      button.closest("tr").classList.toggle("now", on);
    }
  });
})();
