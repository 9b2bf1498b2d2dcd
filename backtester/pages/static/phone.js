"use strict";
// On a phone a row of a table is shown in several lines. For that, each cell gets `data-label`, the heading of its
// column and of the group of columns, which the stylesheet writes before it.
const narrow = matchMedia("(max-width: 640px)");
function labelCells() {
  for (const table of document.querySelectorAll(".scroll > table:not(.cards-when-narrow, .lines-when-narrow, .own-when-narrow)")) {
    const [firstRow, ...otherRows] = Array.from(table.tHead.rows, (row) => Array.from(row.cells));
    const heads = otherRows.length ? otherRows[0] : firstRow;
    if (heads.length < 4) continue;
    const groups = otherRows.length ? firstRow.flatMap((cell) => Array(cell.colSpan).fill(cell.textContent.trim())) : [];
    const labels = heads.map((head, index) => [groups[index], (head.querySelector("span") ?? head).textContent.trim()].filter(Boolean).join(": "))
      .map((text, index, all) => (all.indexOf(text) === all.lastIndexOf(text) ? text : `${text} ${heads[index].querySelector("small")?.textContent ?? ""}`));
    for (const row of table.tBodies[0].rows)
      if (row.cells.length === heads.length) Array.from(row.cells).slice(1).forEach((cell, index) => { cell.dataset.label = labels[index + 1]; });
    table.classList.add("lines-when-narrow");
  }
}
if (narrow.matches) labelCells();
narrow.addEventListener("change", labelCells);
