"use strict";
// Sorting by the heading of a column, unfolding of rows, filtering, and links of claims. Nothing here writes HTML.

// The number that a cell begins with, or that data-value gives; cells without a value come last.
function cellNumber(cell) {
  const number = parseFloat((cell.dataset.value ?? cell.textContent).replace(/^[<+]/, ""));
  return Number.isNaN(number) ? null : number;
}

// What is sorted: rows, or bodies of a row with what it unfolds.
function sortedItems(table) {
  return table.classList.contains("grouped") ? [...table.tBodies] : [...table.tBodies[0].rows];
}

function sortBy(table, column, heading) {
  const cell = (item) => (item.rows ? item.rows[0] : item).cells[column];
  const items = sortedItems(table);
  const numeric = heading.dataset.sort !== "words" && items.some((item) => cellNumber(cell(item)) !== null);
  const was = heading.getAttribute("aria-sort");
  // Numbers begin with the greatest, words with A.
  const down = was ? was === "ascending" : numeric;
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const known = [], unknown = [];
  for (const item of items) {
    const empty = numeric ? cellNumber(cell(item)) === null : !cell(item).textContent;
    (empty ? unknown : known).push(item);
  }
  const compare = numeric
    ? (one, other) => cellNumber(one) - cellNumber(other)
    : (one, other) => one.textContent.localeCompare(other.textContent);
  known.sort((a, b) => (down ? -1 : 1) * compare(cell(a), cell(b)));
  items[0].parentNode.append(...known, ...unknown);
}

for (const table of document.querySelectorAll("table:not(.matrix)")) {
  if (!table.tHead || !table.tBodies.length || sortedItems(table).length < 2) continue;
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    if (!heading.textContent) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, column, heading));
    heading.append(button);
  });
}

for (const body of document.querySelectorAll(".grouped > tbody")) {
  const [row, more] = body.rows;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...row.cells[0].childNodes);
  row.cells[0].append(button);
  const unfold = (open) => {
    more.hidden = !open;
    button.setAttribute("aria-expanded", open);
  };
  button.addEventListener("click", () => unfold(more.hidden));
  unfold(false);
}

function folded(text) {
  return text.normalize("NFC").toLowerCase();
}

const filters = document.querySelector(".filters");
if (filters) {
  const items = [...document.querySelectorAll("[data-language]")];
  const choices = [...filters.querySelectorAll("select")];
  const texts = items.map((item) => {
    // Without the labels of spans, which stand between words that belong together.
    const bare = item.cloneNode(true);
    for (const label of bare.querySelectorAll("mark small")) label.remove();
    return folded(bare.textContent);
  });
  const apply = () => {
    let shown = 0;
    items.forEach((item, index) => {
      const fits = choices.every(({name, value}) => !value || item.dataset[name].split("|").includes(value));
      item.hidden = !fits || !texts[index].includes(folded(filters.elements.words.value));
      shown += item.hidden ? 0 : 1;
    });
    filters.querySelector("output").textContent = `${shown} of ${items.length} shown`;
  };
  filters.addEventListener("input", apply);
  filters.addEventListener("submit", (event) => event.preventDefault());
  // The reset event would come before the controls are empty.
  filters.querySelector("[type=reset]").addEventListener("click", (event) => {
    event.preventDefault();
    filters.reset();
    apply();
  });

  // A cell of the matrix shows the records of its pair.
  const countries = filters.querySelectorAll("[name=country]");
  for (const cell of document.querySelectorAll("[data-pair]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    button.setAttribute("aria-label", `${cell.title}; show`);
    // The tab key meets each pair once: below the diagonal.
    if (cell.cellIndex > cell.parentNode.sectionRowIndex + 1) button.tabIndex = -1;
    button.addEventListener("click", () => {
      filters.reset();
      cell.dataset.pair.split("|").forEach((code, index) => { countries[index].value = code; });
      apply();
      filters.scrollIntoView();
      countries[0].focus({preventScroll: true});
    });
    cell.append(button);
  }
  // A browser may bring back what was chosen before a reload.
  filters.reset();
  filters.hidden = false;
  apply();
}

// Pointing at a claim, or going to it with the tab key, shows its spans in the text; pointing at a span shows the
// claims it belongs to, with their other spans.
let linked = null;

function showLinks(one) {
  if (one === linked) return;
  const before = linked?.closest("article");
  before?.classList.remove("linked");
  before?.querySelectorAll(".on").forEach((shown) => shown.classList.remove("on"));
  linked = one;
  if (!one) return;
  const numbers = one.dataset.claims.split(" ");
  const article = one.closest("article");
  article.classList.add("linked");
  for (const other of article.querySelectorAll("[data-claims]")) {
    other.classList.toggle("on", other.dataset.claims.split(" ").some((number) => numbers.includes(number)));
  }
}

if (document.querySelector("[data-claims]")) {
  const link = (element) => element?.closest?.("[data-claims]") ?? null;
  for (const claim of document.querySelectorAll("li[data-claims]")) claim.tabIndex = 0;
  document.addEventListener("pointerover", ({target}) => showLinks(link(target) ?? link(document.activeElement)));
  document.addEventListener("focusin", ({target}) => showLinks(link(target)));
  document.addEventListener("focusout", () => showLinks(null));
}
