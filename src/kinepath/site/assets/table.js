"use strict";
/* Sorts, searches, filters and groups the table of clips, and gives it away as CSV. */
(() => {
  const table = document.getElementById("clips"), form = document.querySelector(".filters");
  const body = table.tBodies[0], rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const columns = heads.map((head) => head.dataset.key);
  const byId = (id) => document.getElementById(id);

  // The row of a clip that failed has one wide cell after the first four.
  const cell = (row, key) => {
    const index = columns.indexOf(key);
    return row.classList.contains("failed") && index > 3 ? undefined : row.cells[index];
  };
  const text = (row, key) => cell(row, key)?.textContent.trim().replace(/\s+/g, " ") ?? "";
  const value = (row, key) => cell(row, key)?.dataset.value ?? text(row, key);
  const trait = (row, key) => {
    if (key === "verdict") return row.dataset.verdict;
    return key === "label" ? row.dataset.label : text(row, key);
  };
  for (const row of rows) row.searched = row.textContent.toLowerCase();

  // A column that says nothing of any clip is left out.
  columns.forEach((key, index) => {
    const whole = rows.filter((row) => !row.classList.contains("failed"));
    if (!whole.length || whole.some((row) => row.cells[index].textContent.trim())) return;
    heads[index].hidden = true;
    for (const row of whole) row.cells[index].hidden = true;
    for (const row of rows) if (row.classList.contains("failed") && index < 4) row.cells[index].hidden = true;
  });

  /* --- filters ------------------------------------------------------------------------------ */

  const selects = [...form.querySelectorAll("select[data-filter]")];
  for (const select of selects) {
    const found = new Set(rows.map((row) => trait(row, select.dataset.filter)).filter(Boolean));
    const compare = new Intl.Collator(undefined, { numeric: true }).compare;
    for (const option of [...found].sort(compare)) select.add(new Option(option, option));
    select.closest("label").hidden = found.size < 2;
  }
  const dates = rows.map((row) => text(row, "date")).filter(Boolean);
  for (const id of ["from", "to"]) byId(id).closest("label").hidden = dates.length === 0;

  const hides = (row) => {
    const wanted = byId("search").value.trim().toLowerCase();
    if (wanted && !wanted.split(/\s+/).every((word) => row.searched.includes(word))) return true;
    if (selects.some((s) => s.value && trait(row, s.dataset.filter) !== s.value)) return true;
    const date = text(row, "date");
    if (byId("from").value && !(date >= byId("from").value)) return true;
    return Boolean(byId("to").value && !(date && date <= byId("to").value));
  };

  /* --- order -------------------------------------------------------------------------------- */

  const order = { key: null, down: false };
  const collator = new Intl.Collator(undefined, { numeric: true });
  const isNumber = (word) => word !== "" && Number.isFinite(Number(word));

  function compare(one, other) {
    const [a, b] = [value(one, order.key), value(other, order.key)];
    if ((a === "") !== (b === "")) return a === "" ? 1 : -1; // what is not known comes last
    const sign = order.down ? -1 : 1;
    if (isNumber(a) && isNumber(b)) return sign * (Number(a) - Number(b));
    return sign * collator.compare(a, b);
  }

  function arrange() {
    const kept = rows.filter((row) => !hides(row));
    if (order.key) kept.sort(compare);
    const group = byId("group").value;
    const parts = new Map([["", kept]]);
    if (group) {
      parts.clear();
      for (const row of kept) {
        const name = trait(row, group) || `no ${group}`;
        parts.set(name, [...(parts.get(name) ?? []), row]);
      }
    }
    const shown = document.createDocumentFragment();
    for (const [name, members] of [...parts].sort(([a], [b]) => collator.compare(a, b))) {
      if (group) {
        const row = document.createElement("tr");
        row.className = "group-head";
        const head = document.createElement("th");
        head.colSpan = columns.length;
        head.scope = "rowgroup";
        head.textContent = `${name} (${members.length})`;
        row.append(head);
        shown.append(row);
      }
      shown.append(...members);
    }
    body.replaceChildren(shown);
    byId("count").textContent = kept.length === rows.length ? "" : `${kept.length} of ${rows.length}`;
    return kept;
  }

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      order.down = order.key === head.dataset.key && !order.down;
      order.key = head.dataset.key;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      arrange();
    });
  }

  /* --- CSV ---------------------------------------------------------------------------------- */

  byId("csv").addEventListener("click", () => {
    // A text that a spreadsheet would take for a formula gets an apostrophe before it.
    const quoted = (word) => `"${(/^[=+\-@\t\r]/.test(word) ? "'" : "") + word.replaceAll('"', '""')}"`;
    const named = heads.map((head) => head.textContent);
    const lines = arrange().map((row) => columns.map((key) => text(row, key)));
    const content = [named, ...lines].map((line) => line.map(quoted).join(",")).join("\r\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", content], { type: "text/csv" }));
    link.download = "clips.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });

  form.hidden = false;
  form.addEventListener("input", arrange);
  form.addEventListener("submit", (event) => event.preventDefault());
})();
