"use strict";
/* An athlete's page: how peak speed and score change from date to date. */
(() => {
  const section = document.getElementById("change"), holder = document.getElementById("dates");
  const records = window.kinepath.athletes[section.dataset.number];
  const { style, escaped, axis: plain, layout, PALETTE, CONFIG } = window.kinepath.charts;
  const dated = records.filter((r) => r.date && (r.peak?.value != null || r.score != null));
  if (!dated.length) {
    section.hidden = true;
    return;
  }

  function draw() {
    const labels = [...new Set(dated.map((r) => r.label))];
    const traces = [];
    labels.forEach((label, index) => {
      const colour = style(PALETTE[index % PALETTE.length]);
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
    window.Plotly.react(holder, traces, {
      ...layout(both ? 520 : 320),
      xaxis: { ...axis, type: "date", tickformat: "%-d %b %Y", range: span, anchor: traces.some((t) => t.yaxis === "y2") ? "y2" : "y" },
      yaxis: { ...axis, title: { text: `peak speed (${unit})` }, domain: both ? [0.55, 1] : [0, 1], rangemode: "tozero" },
      yaxis2: { ...axis, title: { text: "score (of 100)" }, domain: both ? [0, 0.45] : [0, 1], range: [0, 100] },
    }, CONFIG);
  }
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
