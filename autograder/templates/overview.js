"use strict";
// Sort a table by a click on a heading, and filter the students by what is typed.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, at) => {
    const text = row.cells[at].textContent.trim();
    const number = parseFloat(text);
    return Number.isNaN(number) || !row.cells[at].classList.contains("n") ? text : number;
  };
  table.tHead.querySelectorAll("button").forEach((button) => button.addEventListener("click", () => {
    const head = button.closest("th"), at = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = Array.from(body.rows, (row, was) => ({ row, was, key: value(row, at) }));
    rows.sort((a, b) => {
      const kind = typeof a.key === typeof b.key ? 0 : typeof a.key === "number" ? 1 : -1;
      const order = kind || (typeof a.key === "number" ? a.key - b.key : a.key.localeCompare(b.key, undefined, { numeric: true }));
      return (down ? -order : order) || a.was - b.was;
    });
    body.append(...rows.map((one) => one.row));
  }));
}
const filter = document.getElementById("filter");
if (filter) {
  filter.closest("p").hidden = false;
  filter.addEventListener("input", () => {
    const words = filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of document.getElementById("students").tBodies[0].rows) {
      const text = row.textContent.toLocaleLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    document.getElementById("shown").textContent = String(shown);
  });
}
// A link to a student leads there although the filter hides the row.
addEventListener("hashchange", () => {
  const row = document.getElementById(location.hash.slice(1));
  if (row) { row.hidden = false; row.scrollIntoView({ block: "center" }); }
});
