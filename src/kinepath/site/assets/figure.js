"use strict";
/* The stick figure: in space, where the pose has depth, and then it can be turned; else as seen. */
(() => {
  const kinepath = (window.kinepath ??= {});
  const COLOURS = { left: "#56b4e9", right: "#e69f00", middle: "--figure-middle" };
  const OTHER = { left: "right", right: "left" };
  const IMPLEMENT = "--observed";
  const REACH = 850;

  const colour = (name) => (name.startsWith("--") ? kinepath.charts.style(name) : name);

  /* The points of a frame; null where one is not known. */
  function points(values, frame, count, dimensions) {
    const begin = frame * count * dimensions;
    return Array.from({ length: count }, (_, k) => {
      const at = values.slice(begin + k * dimensions, begin + (k + 1) * dimensions);
      return at.length < dimensions || at.includes(null) ? null : at;
    });
  }

  /* Lowest and highest values of all frames, by dimension: the figure keeps its scale. */
  function extent(values, dimensions) {
    const low = Array(dimensions).fill(Infinity), high = Array(dimensions).fill(-Infinity);
    values.forEach((value, k) => {
      if (value === null) return;
      const d = k % dimensions;
      low[d] = Math.min(low[d], value);
      high[d] = Math.max(high[d], value);
    });
    return { low, high };
  }

  function prepare(canvas) {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.lineCap = "round";
    return { pen, width, height };
  }

  function line(pen, a, b, stroke, thickness) {
    if (!a || !b) return;
    pen.strokeStyle = stroke;
    pen.lineWidth = thickness;
    pen.beginPath();
    pen.moveTo(a[0], a[1]);
    pen.lineTo(b[0], b[1]);
    pen.stroke();
  }

  function head(pen, figure, at, size, stroke) {
    const ears = ["left_ear", "right_ear"].map((name) => at[figure.names.indexOf(name)]);
    if (!ears[0] || !ears[1]) return;
    pen.strokeStyle = stroke;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc((ears[0][0] + ears[1][0]) / 2, (ears[0][1] + ears[1][1]) / 2, size, 0, 2 * Math.PI);
    pen.stroke();
  }

  /* Draws frame by frame, in space if it can; drag or the arrow keys turn it. */
  function turnable(holder, clip) {
    const canvas = holder.querySelector("canvas"), caption = holder.querySelector("figcaption");
    const { figure } = clip;
    const space = figure.space !== null;
    const values = space ? figure.space : figure.flat;
    const dimensions = space ? 3 : 2;
    const { low, high } = extent(values, dimensions);
    if (!Number.isFinite(low[0])) {
      holder.hidden = true;
      return () => {};
    }
    let yaw = 0, pitch = 0, frame = 0;
    caption.textContent = space
      ? "In space, as the pose model has it: drag to turn, double click for the camera's view"
      : "As seen: this pose has no depth";

    function draw() {
      const { pen, width, height } = prepare(canvas);
      const reach = space
        ? Math.max(...low.map(Math.abs), ...high.map(Math.abs))
        : Math.max(high[0] - low[0], high[1] - low[1]) / 2;
      const centre = space ? [0, 0, 0] : [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, 0];
      const scale = (0.46 * Math.min(width, height)) / (reach || 1);
      const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
      // The flat pose of a left-hander is mirrored, for comparisons; here it is as in the video.
      const flip = !space && clip.mirrored ? -1 : 1;
      const project = (at) => {
        if (!at) return null;
        const x = flip * (at[0] - centre[0]), y = at[1] - centre[1], z = (at[2] ?? 0) - centre[2];
        const across = x * cy + z * sy, depth = z * cy - x * sy;
        return [width / 2 + across * scale, height / 2 + (y * cp - depth * sp) * scale];
      };
      const shown = points(values, frame, figure.names.length, dimensions).map(project);
      if (space) {
        const floor = high[1];
        for (let k = -2; k <= 2; k += 1) {
          const along = (k * reach) / 2;
          line(pen, project([along, floor, -reach]), project([along, floor, reach]), colour("--line"), 1);
          line(pen, project([-reach, floor, along]), project([reach, floor, along]), colour("--line"), 1);
        }
      }
      for (const [a, b, side] of figure.edges) {
        line(pen, shown[a], shown[b], colour(COLOURS[flip < 0 ? (OTHER[side] ?? side) : side]), 4);
      }
      head(pen, figure, shown, 0.06 * Math.min(width, height), colour(COLOURS.middle));
      if (!space && figure.implement) {
        const [grip, tip] = points(figure.implement, frame, 2, 2).map(project);
        line(pen, grip, tip, colour(IMPLEMENT), 4);
      }
    }

    if (space) {
      let held = null;
      canvas.addEventListener("pointerdown", (event) => {
        held = [event.clientX, event.clientY];
        canvas.setPointerCapture(event.pointerId);
      });
      canvas.addEventListener("pointermove", (event) => {
        if (!held) return;
        yaw += (event.clientX - held[0]) / 120;
        pitch = Math.min(1.5, Math.max(-1.5, pitch + (event.clientY - held[1]) / 120));
        held = [event.clientX, event.clientY];
        draw();
      });
      canvas.addEventListener("pointerup", () => (held = null));
      canvas.addEventListener("dblclick", () => {
        yaw = pitch = 0;
        draw();
      });
      canvas.addEventListener("keydown", (event) => {
        const turn = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] };
        if (!turn[event.key]) return;
        yaw += turn[event.key][0];
        pitch = Math.min(1.5, Math.max(-1.5, pitch + turn[event.key][1]));
        event.preventDefault();
        draw();
      });
    }
    new ResizeObserver(draw).observe(canvas);
    return (at) => {
      frame = at;
      draw();
    };
  }

  /* Draws two clips over each other at one body height; frames: of each, or null. */
  function ghost(canvas, clips, frames) {
    const { pen, width, height } = prepare(canvas);
    // Thousandths of a body height: a body with the arms up, and an implement, about its hips.
    const scale = height / (2 * REACH);
    clips.forEach((clip, index) => {
      const frame = frames[index];
      if (frame === null) return;
      const stroke = colour(index ? COLOURS.right : COLOURS.left);
      const body = points(clip.figure.flat, frame, clip.figure.names.length, 2);
      const hips = ["left_hip", "right_hip"].map((name) => body[clip.figure.names.indexOf(name)]).filter(Boolean);
      if (!hips.length) return;
      const centre = [0, 1].map((d) => hips.reduce((sum, hip) => sum + hip[d], 0) / hips.length);
      const project = (at) => at && [width / 2 + (at[0] - centre[0]) * scale, height / 2 + (at[1] - centre[1]) * scale];
      const shown = body.map(project);
      for (const [a, b] of clip.figure.edges) line(pen, shown[a], shown[b], stroke, 3.5);
      head(pen, clip.figure, shown, 0.055 * height, stroke);
      if (clip.figure.implement) {
        const [grip, tip] = points(clip.figure.implement, frame, 2, 2).map(project);
        line(pen, grip, tip, stroke, 2);
      }
    });
  }

  kinepath.figure = { turnable, ghost };
})();
