// The page that tries a text. Whatever comes from a text or the service is put in as text, never as HTML.
"use strict";

const EXAMPLES = {
  English:
    "The University of Danang and the Technical University of Dresden signed a memorandum of understanding on water " +
    "management in Da Nang on 12 March. Under it, they will train 40 young engineers by 2028.\n\n" +
    "Hue, on the other hand, broke off talks with a Danish port operator.",
  Deutsch:
    "Das Land Hessen und die Provinz Quảng Nam wollen bis 2027 gemeinsam ein Zentrum für Holzbau errichten. Laut " +
    "Minister Jens Albrecht stellt Hessen dafür 3 Millionen Euro bereit.",
  "Tiếng Việt":
    "Ngày 5/6, Đại học Cần Thơ và Viện Nghiên cứu Thủy sản Na Uy đã ký thỏa thuận hợp tác về nuôi cá biển tại Cần Thơ. " +
    "Hai bên đề nghị lập quỹ chung 2 triệu USD.",
};
const LABELS = ["TRIGGER", "PARTY", "SOURCE", "INSTRUMENT", "FIELD", "AMOUNT", "DATE", "PLACE"];

const byId = (id) => document.getElementById(id);
let running = null;

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children); // Strings become text nodes.
  return made;
}

function showStatus(line, failed = false) {
  byId("status").textContent = line;
  byId("status").className = failed ? "failed" : "";
}

// Labels are class names too; anything but the known ones stays without a colour.
const labelClass = (label) => (LABELS.includes(label) ? label : "");

function showText(record) {
  // Offsets count code points, strings here count UTF-16 units.
  const characters = Array.from(record.text);
  const words = (start, end) => characters.slice(start, end).join("");
  const parts = [];
  let position = 0;
  for (const span of [...record.spans].sort((a, b) => a.start - b.start)) {
    parts.push(words(position, span.start));
    const mark = element("mark", labelClass(span.label), words(span.start, span.end), element("small", "", span.label));
    mark.dataset.span = span.id;
    parts.push(mark);
    position = span.end;
  }
  parts.push(words(position));
  byId("marked").replaceChildren(...parts);
  return new Map(record.spans.map((span) => [span.id, { ...span, words: words(span.start, span.end) }]));
}

function pointAt(claim) {
  const ids = claim ? [claim.trigger, ...claim.args] : [];
  byId("marked").classList.toggle("pointing", Boolean(claim));
  for (const mark of byId("marked").querySelectorAll("mark")) {
    mark.classList.toggle("of-claim", ids.includes(mark.dataset.span));
  }
}

function claimCard(claim, spans) {
  const score = typeof claim.score === "number" ? `score ${claim.score.toFixed(2)}` : "";
  const status = element("span", claim.status === "denied" ? "status denied" : "status", claim.status);
  const list = element("dl");
  const parts = [claim.trigger, ...claim.args].map((id) => spans.get(id)).filter(Boolean);
  for (const label of LABELS) {
    const found = parts.filter((part) => part.label === label).sort((a, b) => a.start - b.start);
    if (!found.length) continue;
    list.append(element("dt", "", label.toLowerCase()), element("dd", "", found.map((part) => part.words).join("; ")));
  }
  const card = element("article", "claim", element("h3", "", element("small", "", score), claim.type, ", ", status), list);
  card.tabIndex = 0;
  for (const name of ["mouseenter", "focus"]) card.addEventListener(name, () => pointAt(claim));
  for (const name of ["mouseleave", "blur"]) card.addEventListener(name, () => pointAt(null));
  return card;
}

function showRecord(record) {
  const spans = showText(record);
  const start = (claim) => spans.get(claim.trigger)?.start ?? 0;
  const claims = [...record.claims].sort((a, b) => start(a) - start(b));
  byId("claims").replaceChildren(...claims.map((claim) => claimCard(claim, spans)));
  const note = record.meta?.not_extracted;
  const none = note ? `Not read: ${note}.` : "No claim was found.";
  if (!claims.length) byId("claims").append(element("p", "none", none));
  byId("record").textContent = JSON.stringify(record, null, 2);
  pointAt(null);
  byId("result").hidden = false;
}

async function post(text, signal) {
  const response = await fetch("extract", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text }),
    signal,
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function extract() {
  running?.abort();
  const controller = new AbortController();
  running = controller;
  showStatus("Extracting …");
  const started = performance.now();
  try {
    const answer = await post(byId("text").value, controller.signal);
    const [record] = answer.records;
    showRecord(record);
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    showStatus(`${record.claims.length} ${record.claims.length === 1 ? "claim" : "claims"} in ${seconds} s`);
  } catch (error) {
    if (controller.signal.aborted) return; // A newer request shows its own result.
    byId("result").hidden = true;
    showStatus(error instanceof TypeError ? "The service cannot be reached." : error.message, true);
  }
}

async function showModel() {
  try {
    const health = await (await fetch("health")).json();
    byId("model").textContent = `Model: ${health.model}.`;
  } catch {
    showStatus("The service cannot be reached.", true);
  }
}

function setUp() {
  for (const [name, text] of Object.entries(EXAMPLES)) {
    const button = element("button", "", name);
    button.type = "button";
    button.addEventListener("click", () => {
      byId("text").value = text;
      extract();
    });
    byId("examples").append(button);
  }
  byId("legend").append(...LABELS.map((label) => element("mark", label, label.toLowerCase())));
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    extract();
  });
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) extract();
  });
  showModel();
}

setUp();
