"use strict";
/* What all charts share: the page's colours, and how they are laid out. */
(() => {
  const style = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /* Plotly takes its texts for HTML. */
  const escaped = (text) =>
    String(text).replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

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

  (window.kinepath ??= {}).charts = {
    style,
    escaped,
    axis,
    layout,
    hover,
    PALETTE: ["--accent", "--warm", "--good", "--violet", "--bad", "--soft"],
    CONFIG: { responsive: true, displaylogo: false },
  };
})();
