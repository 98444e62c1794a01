"use strict";
// Sorting by the heading of a column, and filtering of examples. Nothing here writes HTML.

// The number that a cell begins with; words come after numbers, and cells without a value last.
function cellNumber(cell) {
  const number = parseFloat(cell.textContent.replace(/^[<+]/, ""));
  return Number.isNaN(number) ? null : number;
}

function compareCells(one, other) {
  const [left, right] = [cellNumber(one), cellNumber(other)];
  if (left !== null && right !== null) return left - right;
  if (left !== null || right !== null) return left === null ? 1 : -1;
  return one.textContent.localeCompare(other.textContent);
}

function sortBy(table, column, heading) {
  const numeric = [...table.tBodies[0].rows].some((row) => cellNumber(row.cells[column]) !== null);
  const was = heading.getAttribute("aria-sort");
  // Numbers begin with the greatest, words with A.
  const down = was ? was === "ascending" : numeric;
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const known = [], unknown = [];
  for (const row of table.tBodies[0].rows) {
    (numeric && cellNumber(row.cells[column]) === null ? unknown : known).push(row);
  }
  known.sort((a, b) => (down ? -1 : 1) * compareCells(a.cells[column], b.cells[column]));
  table.tBodies[0].append(...known, ...unknown);
}

for (const table of document.querySelectorAll("table")) {
  if (!table.tHead || table.tBodies[0].rows.length < 2) continue;
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    if (!heading.textContent) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, column, heading));
    heading.append(button);
  });
}

function folded(text) {
  return text.normalize("NFC").toLowerCase();
}

const filters = document.querySelector(".filters");
if (filters) {
  const articles = [...document.querySelectorAll("article[data-kinds]")];
  const texts = articles.map((article) => {
    // Without the labels of spans, which stand between words that belong together.
    const bare = article.cloneNode(true);
    for (const label of bare.querySelectorAll("mark small")) label.remove();
    return folded(bare.textContent);
  });
  const apply = () => {
    let shown = 0;
    articles.forEach((article, index) => {
      const fits = ["chosen", "kinds", "language"].every((name) => {
        const wanted = filters.elements[name].value;
        return !wanted || article.dataset[name].split("|").includes(wanted);
      });
      article.hidden = !fits || !texts[index].includes(folded(filters.elements.words.value));
      shown += article.hidden ? 0 : 1;
    });
    filters.querySelector("output").textContent = `${shown} of ${articles.length} shown`;
  };
  filters.addEventListener("input", apply);
  filters.addEventListener("submit", (event) => event.preventDefault());
  // A browser may bring back what was chosen before a reload.
  filters.reset();
  filters.hidden = false;
  apply();
}
