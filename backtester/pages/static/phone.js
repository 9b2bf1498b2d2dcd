"use strict";
// On a phone a row of a table is some lines: each cell carries the heading of its column, and what stands over that.
const narrow = matchMedia("(max-width: 640px)");
function stack() {
  for (const table of document.querySelectorAll(".scroll > table:not(.cards-when-narrow, .lines-when-narrow, .own-when-narrow)")) {
    const [first, ...more] = Array.from(table.tHead.rows, (row) => Array.from(row.cells));
    const heads = more.length ? more[0] : first;
    if (heads.length < 4) continue;
    const over = more.length ? first.flatMap((cell) => Array(cell.colSpan).fill(cell.textContent.trim())) : [];
    const words = heads.map((head, place) => [over[place], (head.querySelector("span") ?? head).textContent.trim()].filter(Boolean).join(": "))
      .map((text, place, all) => (all.indexOf(text) === all.lastIndexOf(text) ? text : `${text} ${heads[place].querySelector("small")?.textContent ?? ""}`));
    for (const row of table.tBodies[0].rows)
      if (row.cells.length === heads.length) Array.from(row.cells).slice(1).forEach((cell, place) => { cell.dataset.label = words[place + 1]; });
    table.classList.add("lines-when-narrow");
  }
}
if (narrow.matches) stack();
narrow.addEventListener("change", stack);
