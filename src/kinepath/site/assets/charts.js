"use strict";
/* What all charts share: the page's colours, and how they are laid out. */
(() => {
  const style = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /* Plotly takes its texts for HTML. */
  const escaped = (text) =>
    String(text).replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

  const CONFIG = { responsive: true, displaylogo: false };

  const axis = () => ({ gridcolor: style("--line"), automargin: true });

  const layout = (height) => ({
    height,
    margin: { l: 58, r: 12, t: 30, b: 40 },
    paper_bgcolor: style("--panel"),
    plot_bgcolor: style("--panel"),
    font: { color: style("--ink"), family: "system-ui, sans-serif", size: 12 },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
  });

  const hover = () => ({
    hovermode: "x unified",
    hoverlabel: { bgcolor: style("--ground"), font: { color: style("--ink") } },
  });

  /* One standard deviation to both sides of a curve, as traces to lay under it. */
  function band(x, values, sd, colour, yaxis, legendgroup) {
    const known = values.map((v, k) => v !== null && sd[k] !== null);
    // Where a value is missing the band must stop, so each stretch is filled on its own.
    const stretches = [];
    let from = null;
    known.forEach((there, k) => {
      if (there && from === null) from = k;
      if (from !== null && (!there || k === known.length - 1)) {
        stretches.push([from, there ? k + 1 : k]);
        from = null;
      }
    });
    const faint = `color-mix(in srgb, ${colour} 18%, transparent)`;
    return stretches.map(([a, b]) => {
      const frames = Array.from({ length: b - a }, (_, k) => a + k), back = [...frames].reverse();
      return {
        x: [...frames, ...back].map((k) => x[k]),
        y: [...frames.map((k) => values[k] - sd[k]), ...back.map((k) => values[k] + sd[k])],
        yaxis, legendgroup, mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false,
        fill: "toself",
        fillcolor: /^#/.test(colour) ? `${colour}2e` : faint,
      };
    });
  }

  /* Draws a chart. Its holder gets the height, too: else the chart shrinks to nothing when the
     window's size changes. */
  function draw(holder, traces, look, config = CONFIG) {
    holder.style.height = `${look.height}px`;
    return window.Plotly.react(holder, traces, look, config);
  }

  (window.kinepath ??= {}).charts = {
    draw,
    band,
    style,
    escaped,
    axis,
    layout,
    hover,
    PALETTE: ["--accent", "--warm", "--good", "--violet", "--bad", "--soft"],
    CONFIG,
  };
})();
