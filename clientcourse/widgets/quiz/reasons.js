import { h } from "../shared/dom.js";

// What feedback says of one option, step, row or gap, beneath it.
export function reasonBox(id) {
  return h("div", { class: "cc-why", id, hidden: true });
}

export function showReason(row, box, told, { label, mine, expected, words }) {
  box.hidden = !told;
  row.toggleAttribute("data-mine", Boolean(told && mine));
  row.toggleAttribute("data-verdict", Boolean(told));
  if (!told) return;
  row.dataset.verdict = told.right ? "right" : "wrong";
  box.replaceChildren(h("span", { class: "cc-verdict" }, `${told.right ? "✓" : "✗"} ${label}`));
  if (mine) box.append(h("span", { class: "cc-mine" }, words.yours));
  if (expected && !told.right) {
    const [before, after] = words.expected.split("{answer}");
    const answer = h("strong", { html: expected });
    box.append(h("span", { class: "cc-expected" }, before, answer, after));
  }
  box.append(h("span", { class: "cc-reason", html: told.why }));
}
