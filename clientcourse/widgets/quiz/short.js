// short: an answer in one's own words, graded by a person, by oneself or not at all.
import { button, fill, h, same } from "../shared/dom.js";
import { typingField } from "./typing.js";

const LONGEST_TEXT = 10_000; // characters

export function shortQuestion({ item, name, words, use, practice, changed, commit, draft }) {
  const count = h("p", { class: "cc-count", id: `${name}-count` });
  const compare = button("cc-button", words.compare, {
    hidden: !practice,
    onclick: () => commit(value()),
  });
  const { frame, field, read, write } = typingField(
    "textarea",
    {
      class: "cc-field",
      rows: 4,
      maxlength: LONGEST_TEXT,
      "aria-label": words.answer,
      "aria-describedby": count.id,
    },
    { typed },
  );
  const details = h("div", { class: "cc-model", hidden: true });
  let compared = null; // what the model answer was made of

  const value = () => read() || null;

  function measure() {
    const n = field.value.length.toLocaleString("en");
    count.textContent = fill(words.length, { n, all: LONGEST_TEXT.toLocaleString("en") });
    compare.disabled = value() === null;
  }

  function show(given) {
    if (value() !== given) write(given ?? "");
    measure();
  }

  function typed() {
    measure();
    changed();
    if (!practice) draft(value());
  }

  // Stays while the answer is improved: it says nothing about the words that were written.
  function showFeedback(feedback) {
    if (!feedback) return;
    const { model, rubric } = feedback;
    if (same([model, rubric], compared)) return;
    compared = [model, rubric];
    details.replaceChildren(
      h("p", { class: "cc-model-title" }, words.model),
      h("p", { class: "cc-model-text", html: model }),
      h("p", { class: "cc-model-title", id: `${name}-rubric` }, words.rubric),
      h("div", { role: "group", "aria-labelledby": `${name}-rubric` }, ...rubric.map(point)),
    );
    details.hidden = false;
  }

  function point({ text }) {
    const box = h("input", { type: "checkbox" });
    return h("label", { class: "cc-point" }, box, h("span", { class: "cc-text", html: text }));
  }

  const offers = (given) => given === null || typeof given === "string";
  const hint = use === "graded" ? words.by_person : "";
  const body = h("div", { class: "cc-short" }, frame, count);
  return { hint, body, action: compare, details, value, show, offers, showFeedback };
}
