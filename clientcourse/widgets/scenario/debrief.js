// What is said of a conversation after its end, in practice.
import { fill, h } from "../shared/dom.js";
import { METERS, percent } from "./meters.js";

export function debriefing({ summary, share, turns, ending }, { words, uid }) {
  const title = { class: "cs-heading", id: `${uid}-debrief`, role: "heading", "aria-level": "4" };
  const head = h(
    "div",
    { class: "cs-result" },
    ring(percent(share), words),
    h("div", {}, h("div", title, words.debrief), h("p", { html: summary })),
  );
  const exchanges = turns.map((turn, index) => exchange(turn, index + 1, words));
  const closing = h(
    "div",
    { class: "cs-closing" },
    h("p", { class: "cs-step" }, words.ending),
    h("p", { class: "cs-quote", html: ending.title }),
    h("p", { class: "cs-comment", html: ending.debrief }),
  );
  const list = h("ol", { class: "cs-turns" }, ...exchanges);
  return h("section", { class: "cs-debrief", "aria-labelledby": title.id }, head, list, closing);
}

function ring(share, words) {
  const drawn = `<svg viewBox="0 0 72 72" aria-hidden="true" focusable="false">
    <circle class="cs-ring-all" cx="36" cy="36" r="31" pathLength="100"/>
    <circle class="cs-ring-got" cx="36" cy="36" r="31" pathLength="100"
      stroke-dasharray="${share} 100"/></svg>`;
  const number = h("strong", {}, fill(words.percent, { n: share }));
  return h("div", { class: "cs-ring", html: drawn }, number);
}

function exchange({ client, yours, debrief, effects, better, better_why }, n, words) {
  const moved = METERS.filter((meter) => effects[meter]);
  const chips = moved.map((meter) => chip(meter, effects[meter], words));
  const who = h("span", { class: "cs-who" }, words.you, words.colon);
  return h(
    "li",
    { class: "cs-turn" },
    h("p", { class: "cs-step" }, fill(words.turn, { n })),
    h("p", { class: "cs-heard" }, h("span", { html: client })),
    h("p", { class: "cs-said" }, who, h("span", { html: yours })),
    h("p", { class: "cs-comment", html: debrief }),
    h("p", { class: "cs-chips" }, ...chips),
    better === null ? bestNote(words) : betterNote(better, better_why, words),
  );
}

function chip(meter, effect, words) {
  const tone = effect > 0 ? "up" : "down";
  const number = `${effect > 0 ? "+" : "−"}${Math.abs(effect)}`;
  return h("span", { class: "cs-chip", "data-tone": tone }, `${words[meter]} `, h("b", {}, number));
}

const bestNote = (words) => h("p", { class: "cs-best" }, `✓ ${words.best}`);

function betterNote(better, why, words) {
  return h(
    "div",
    { class: "cs-better" },
    h("p", { class: "cs-step" }, words.better),
    h("p", { class: "cs-quote", html: better }),
    h("p", { class: "cs-comment", html: why }),
  );
}
