"use strict";
/* An athlete's page: the sequence of all strokes together, and how peak speed and score change. */
(() => {
  const section = document.getElementById("change"), holder = document.getElementById("dates");
  const records = window.kinepath.athletes[section.dataset.number];
  const { style, escaped, axis: plain, layout, PALETTE, CONFIG } = window.kinepath.charts;
  const labelled = [...new Set(records.map((r) => r.label))];
  const colourOf = (label) => style(PALETTE[labelled.indexOf(label) % PALETTE.length]);

  /* --- the sequence ------------------------------------------------------------------------- */

  const timed = records.filter((r) => r.sequence_s && Object.keys(r.sequence_s).length);
  document.getElementById("pooled").hidden = !timed.length;

  function median(values) {
    const sorted = [...values].sort((a, b) => a - b), middle = (sorted.length - 1) / 2;
    return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  }

  function drawSequence() {
    // In the order in which the clips name their parts, from the ground to the implement.
    const parts = [...new Set(timed.flatMap((r) => Object.keys(r.sequence_s)))];
    const labels = [...new Set(timed.map((r) => r.label))];
    const ms = (seconds) => Math.round(1000 * seconds);
    const traces = [], shapes = [];
    labels.forEach((label, index) => {
      const own = timed.filter((r) => r.label === label);
      // Labels stand beside each other within a part's row.
      const shift = labels.length > 1 ? 0.5 * (index / (labels.length - 1) - 0.5) : 0;
      const dots = own.flatMap((r) => parts.filter((p) => r.sequence_s[p]).map((p) => [r, p, r.sequence_s[p].map(ms)]));
      const colour = colourOf(label);
      traces.push({
        x: dots.map(([, , [time]]) => time),
        y: dots.map(([, part]) => parts.indexOf(part) + shift),
        error_x: {
          type: "data", symmetric: false, thickness: 1.2, width: 0, color: colour,
          array: dots.map(([, , [time, , late]]) => late - time),
          arrayminus: dots.map(([, , [time, early]]) => time - early),
        },
        mode: "markers", name: escaped(label), marker: { color: colour, size: 8 },
        text: dots.map(([r, part]) => `${escaped(r.clip)}, ${part.replaceAll("_", " ")}`),
        hovertemplate: `%{text}: %{x} ms<extra>${escaped(label)}</extra>`,
      });
      for (const part of parts) {
        const times = own.filter((r) => r.sequence_s[part]).map((r) => ms(r.sequence_s[part][0]));
        if (times.length < 3) continue;
        const x = median(times), y = parts.indexOf(part) + shift;
        shapes.push({ type: "line", x0: x, x1: x, y0: y - 0.2, y1: y + 0.2, line: { color: colour, width: 3 } });
      }
    });
    shapes.push({ type: "line", x0: 0, x1: 0, yref: "paper", y0: 0, y1: 1, line: { color: style("--bad"), width: 1.6 } });
    const axis = plain();
    window.kinepath.charts.draw(document.getElementById("parts"), traces, {
      ...layout(90 + 56 * parts.length),
      showlegend: true,
      shapes,
      xaxis: { ...axis, title: { text: "milliseconds from contact" } },
      yaxis: { ...axis, tickvals: parts.map((_, k) => k), ticktext: parts.map((p) => p.replaceAll("_", " ")), range: [parts.length - 0.5, -0.5], zeroline: false },
    }, CONFIG);
  }
  if (timed.length) {
    drawSequence();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawSequence);
  }

  /* --- over time ---------------------------------------------------------------------------- */

  const dated = records.filter((r) => r.date && (r.peak?.value != null || r.score != null));
  if (!dated.length) {
    section.hidden = true;
    return;
  }

  function draw() {
    const labels = [...new Set(dated.map((r) => r.label))];
    const traces = [];
    labels.forEach((label) => {
      const colour = colourOf(label);
      const own = dated.filter((r) => r.label === label);
      const add = (rows, value, axis, unit) => {
        if (!rows.length) return;
        traces.push({
          x: rows.map((r) => r.date), y: rows.map(value), yaxis: axis, mode: "markers",
          name: escaped(label), legendgroup: label, showlegend: !traces.some((t) => t.legendgroup === label),
          marker: { color: colour, size: 10, symbol: rows.map((r) => (axis === "y" && r.peak.kind !== "measured" ? "circle-open" : "circle")) },
          text: rows.map((r) => escaped(r.clip)),
          hovertemplate: `%{text}: %{y:.1f} ${unit}<extra>${escaped(label)}</extra>`,
        });
      };
      add(own.filter((r) => r.peak?.value != null), (r) => r.peak.value, "y", "");
      add(own.filter((r) => r.score != null), (r) => r.score, "y2", "of 100");
    });
    // A day to both sides, so that one date alone is no span of milliseconds.
    const days = dated.map((r) => Date.parse(r.date)), day = 24 * 3600 * 1000;
    const span = [Math.min(...days) - day, Math.max(...days) + day].map((t) => new Date(t).toISOString());
    const axis = plain();
    const both = traces.some((t) => t.yaxis === "y") && traces.some((t) => t.yaxis === "y2");
    const unit = dated.find((r) => r.peak?.value != null)?.peak.unit ?? "";
    window.kinepath.charts.draw(holder, traces, {
      ...layout(both ? 520 : 320),
      xaxis: { ...axis, type: "date", tickformat: "%-d %b %Y", range: span, anchor: traces.some((t) => t.yaxis === "y2") ? "y2" : "y" },
      yaxis: { ...axis, title: { text: `peak speed (${unit})` }, domain: both ? [0.55, 1] : [0, 1], rangemode: "tozero" },
      yaxis2: { ...axis, title: { text: "score (of 100)" }, domain: both ? [0, 0.45] : [0, 1], range: [0, 100] },
    }, CONFIG);
  }
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
