"use strict";
/* Turns what is shown on the page into the cells of the sheet that say it. */
(() => {
  const { player } = window.kinepath;
  const stage = document.getElementById("stage"), panel = document.getElementById("say");
  const clip = window.kinepath.clips[stage.dataset.clip];
  // The sheet counts as a player of the raw video does, also where that is in slow motion.
  const raw = (playback) => clip.raw_start_s + playback * clip.raw_pace;
  const said = panel.querySelector(".said"), cells = said.querySelector("code");
  const note = said.querySelector("span"), canvas = document.getElementById("box");

  function show(columns, words) {
    said.hidden = false;
    cells.textContent = Object.entries(columns).map(([name, value]) => `${name} = ${value}`).join("   ");
    cells.dataset.copied = Object.values(columns).join("\t");
    note.textContent = words;
  }

  const seconds = (time) => raw(time + (clip.event_s ?? 0)).toFixed(3).replace(/0+$/, "").replace(/\.$/, "");

  /* The cell holds all corrections of the clip: those of the sheet, and those made here. */
  const corrections = clip.corrections ? clip.corrections.split("; ") : [];
  function correct(word, start, end) {
    const stretch = ` ${seconds(start)}-${seconds(end)}`;
    for (const other of [`is${stretch}`, `not${stretch}`]) {
      const at = corrections.indexOf(other);
      if (at >= 0) corrections.splice(at, 1);
    }
    corrections.push(word + stretch);
    show({ repetitions: corrections.join("; ") }, "goes into this clip's row of the sheet, in place of what is there.");
  }
  function marked(use) {
    const { a, b } = player.marks;
    if (a === null || b === null) show({}, "Mark the part first: A where it begins, B where it ends.");
    else use(a, b);
  }

  const ways = {
    contact() {
      show({ contact_s: seconds(player.time) }, "goes into this clip's row of the sheet.");
    },
    part() {
      marked((a, b) =>
        show({ start_s: seconds(a), end_s: seconds(b) }, "go into this clip's row of the sheet."),
      );
    },
    is() {
      marked((a, b) => correct("is", a, b));
    },
    not() {
      marked((a, b) => correct("not", a, b));
    },
    box() {
      // The sheet's box counts at the start of the analysed part.
      player.seek(-(clip.event_s ?? 0));
      document.querySelector('.tabs [data-kind="video"]')?.click();
      canvas.hidden = false;
      show({}, "Draw a box around the athlete in the video, from corner to corner.");
      canvas.scrollIntoView({ block: "nearest" });
    },
  };

  document.querySelector(".repetitions")?.addEventListener("click", (event) => {
    const { start, end } = event.target.closest(".none")?.dataset ?? {};
    if (start === undefined) return;
    const zero = clip.start_s + (clip.event_s ?? 0);
    correct("not", Number(start) - zero, Number(end) - zero);
    panel.scrollIntoView({ block: "nearest" });
  });
  panel.addEventListener("click", (event) => ways[event.target.dataset.say]?.());
  panel.querySelector(".copy").addEventListener("click", async () => {
    const text = cells.dataset.copied ?? "";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Pages from disk may not use the clipboard: select the text, as a person would.
      const held = document.createElement("textarea");
      held.value = text;
      document.body.append(held);
      held.select();
      document.execCommand("copy");
      held.remove();
    }
    note.textContent = "copied.";
  });

  let corner = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const along = (value, low, size) => Math.min(Math.max((value - low) / size, 0), 1);
    return [along(event.clientX, box.left, box.width), along(event.clientY, box.top, box.height)];
  };
  function outline(a, b) {
    canvas.width = canvas.clientWidth;
    canvas.height = canvas.clientHeight;
    const pen = canvas.getContext("2d");
    pen.strokeStyle = "#f0e442";
    pen.lineWidth = 3;
    const { width, height } = canvas;
    pen.strokeRect(a[0] * width, a[1] * height, (b[0] - a[0]) * width, (b[1] - a[1]) * height);
  }
  canvas.addEventListener("pointerdown", (event) => {
    corner = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => corner && outline(corner, at(event)));
  canvas.addEventListener("pointerup", (event) => {
    if (!corner) return;
    const other = at(event), [width, height] = clip.size;
    const x = [corner[0], other[0]].sort((a, b) => a - b).map((v) => Math.round(v * width));
    const y = [corner[1], other[1]].sort((a, b) => a - b).map((v) => Math.round(v * height));
    corner = null;
    if (x[1] - x[0] < 4 || y[1] - y[0] < 4) return;
    canvas.hidden = true;
    const columns = { subject: [x[0], y[0], x[1], y[1]].join(" "), start_s: clip.raw_start_s.toFixed(3) };
    show(columns, "go into this clip's row of the sheet; the box counts at start_s.");
  });
})();
