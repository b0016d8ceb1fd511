// What pages do beyond what they do without a script: folding, printing, copying, moving along the rail, finding.
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

for (const hidden of all("[data-print], [data-copy], .fold")) hidden.hidden = false;

for (const button of all("[data-print]")) button.addEventListener("click", () => window.print());

for (const button of all("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
    button.dataset.done = "✓";
  });
}

// The tree: a branch folds what lies beneath it. Rows stay in the page, to be found, copied and printed.
const branches = all(".tree tbody");

const beneath = (branch) => {
  const depth = Number(branch.dataset.depth);
  const following = branches.slice(branches.indexOf(branch) + 1);
  const end = following.findIndex((other) => Number(other.dataset.depth) <= depth);
  return end < 0 ? following : following.slice(0, end);
};

const fold = (branch, shut) => {
  const button = branch.querySelector(".twist");
  if (!button) return;
  button.setAttribute("aria-expanded", String(!shut));
  for (const row of all("tr:not(.branch)", branch)) row.hidden = shut;
  for (const other of beneath(branch)) {
    other.hidden = shut;
    if (!shut) fold(other, false);
  }
};

for (const branch of branches) {
  const heading = branch.querySelector(".branch .head") ?? branch.querySelector(".branch th");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "twist";
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-label", heading.textContent.trim().replace(/\s+/g, " "));
  button.addEventListener("click", () => fold(branch, button.getAttribute("aria-expanded") === "true"));
  heading.prepend(button);
}

for (const button of all("[data-fold]")) {
  button.addEventListener("click", () => {
    for (const branch of branches) if (branch.dataset.depth === "0" || button.dataset.fold === "open") fold(branch, button.dataset.fold === "shut");
  });
}

// A plan of hundreds of rows opens at its branches; one that was searched shows what was found.
if (all(".tree tr").length > 150 && !new URLSearchParams(location.search).get("cerca")) {
  for (const branch of branches) if (Number(branch.dataset.depth) >= 1) fold(branch, true);
}

// The rail is one stop of the keyboard: arrows move along it, Enter goes there.
const stops = all(".rail a.stop");
const current = Math.max(stops.findIndex((stop) => stop.getAttribute("aria-current")), 0);
stops.forEach((stop, at) => {
  stop.setAttribute("tabindex", at === current ? "0" : "-1");
  stop.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && stops[at + step];
    if (!next) return;
    event.preventDefault();
    stop.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
});

// "/" goes to the search of the plan, but where somebody is writing.
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select");
  const search = document.getElementById("cerca");
  if (event.key !== "/" || writing || !search || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  search.focus();
});

// A step in time leaves one where one was: at the same height of the page, and on the step that was pressed.
const STEPPED = "initinere-passo";
const stepped = () => {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STEPPED) || "null");
    sessionStorage.removeItem(STEPPED);
    return kept && kept.path === location.pathname ? kept : null;
  } catch {
    return null;
  }
};
const remember = (which) => {
  try {
    sessionStorage.setItem(STEPPED, JSON.stringify({ path: location.pathname, which, at: window.scrollY }));
  } catch {
    // a browser that keeps nothing goes to the top, as without a script
  }
};
const before = stepped();
if (before) {
  const step = before.which === "stop" ? null : document.querySelector(before.which);
  (step || document.querySelector(".rail a.stop[aria-current]") || document.getElementById("as_of"))?.focus({ preventScroll: true });
  window.scrollTo(0, before.at);
}
for (const step of all(".rail a.step")) step.addEventListener("click", () => remember(`.rail a[rel=${step.rel}]`));
for (const stop of stops) stop.addEventListener("click", () => remember("stop"));
for (const form of all("form.when")) form.addEventListener("submit", () => remember("#as_of"));
