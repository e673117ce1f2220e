// blank: a text with gaps that are filled in.
import { button, fill, h } from "../shared/dom.js";
import { reasonBox, showReason } from "./reasons.js";
import { typingField } from "./typing.js";

const LONGEST_GAP = 200; // characters

export function blankQuestion({ item, name, words, practice, changed, commit, draft }) {
  const several = item.gaps.length > 1;
  const gaps = item.gaps.map(gap);
  const check = button("cc-button", words.check, {
    hidden: !practice,
    onclick: () => commit(value()),
  });

  function gap(id, index) {
    const n = index + 1;
    const why = reasonBox(`${name}-${id}`);
    const { frame, field, read, write } = typingField(
      "input",
      {
        type: "text",
        class: "cc-field",
        maxlength: LONGEST_GAP,
        autocapitalize: "off",
        "aria-label": fill(words.gap, { n, all: item.gaps.length }),
        "aria-describedby": why.id,
      },
      { typed, entered: () => practice && value() && commit(value()) },
    );
    // Numbers, to find what is said of a gap beneath the text.
    const number = () =>
      h("span", { class: "cc-gap-number", "aria-hidden": "true" }, several ? n : "");
    const slot = h("span", { class: "cc-gap" }, number(), frame);
    const reason = h("li", { class: "cc-gap-reason" }, number(), why);
    return { id, slot, reason, why, read, write };
  }

  function value() {
    const filled = gaps.map(({ id, read }) => [id, read()]).filter(([, text]) => text);
    return filled.length ? Object.fromEntries(filled) : null;
  }

  function show(given) {
    for (const { id, write } of gaps) write(given?.[id] ?? "");
    check.disabled = given === null;
  }

  function typed() {
    check.disabled = value() === null;
    changed();
    if (!practice) draft(value());
  }

  function showFeedback(feedback) {
    for (const { id, slot, reason, why } of gaps) {
      const told = feedback?.parts?.[id];
      slot.toggleAttribute("data-verdict", Boolean(told));
      if (told) slot.dataset.verdict = told.right ? "right" : "wrong";
      const label = told?.right ? words.right : words.wrong;
      showReason(reason, why, told, { label, expected: told?.expected, words });
    }
    reasons.hidden = !feedback?.parts;
  }

  function offers(given) {
    const fits = ([id, text]) => item.gaps.includes(id) && typeof text === "string";
    return given === null || Object.entries(given).every(fits);
  }

  const slots = Object.fromEntries(gaps.map(({ id, slot }) => [id, slot]));
  const piece = (part) => ("gap" in part ? slots[part.gap] : h("span", { html: part.text }));
  const text = h("p", { class: "cc-cloze" }, ...item.segments.map(piece));
  const list = gaps.map(({ reason }) => reason);
  const reasons = h("ul", { class: "cc-gap-reasons", hidden: true }, ...list);
  const body = h("div", {}, text, reasons);
  return { hint: "", body, action: check, value, show, offers, showFeedback };
}
