// number: one figure.
import { button, h } from "../shared/dom.js";
import { reasonBox, showReason } from "./reasons.js";
import { typingField } from "./typing.js";

// The number that was typed, with full-width digits, thousands separators and any minus sign;
// null for nothing and NaN for what is no number. "1,5" is none: it could mean 1.5 or 15.
export function numberIn(text, unit) {
  const plain = (words) => words.normalize("NFKC").replace(/[−–]/g, "-").replace("。", ".").trim();
  const typed = plain(text);
  if (!typed) return null;
  const bare = unit && typed.endsWith(plain(unit)) ? typed.slice(0, -plain(unit).length) : typed;
  const figure = bare.replace(/^([+-])\s+/, "$1").trim();
  const grouped = /^[+-]?[1-9]\d{0,2}([,\s]\d{3})+(\.\d*)?$/;
  const simple = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
  if (!grouped.test(figure) && !simple.test(figure)) return NaN;
  const number = Number(figure.replace(/[,\s]/g, ""));
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : NaN;
}

export function numberQuestion({ item, name, words, practice, changed, commit, draft, announce }) {
  const why = reasonBox(`${name}-why`);
  const error = h("p", { class: "cc-error", id: `${name}-error`, hidden: true });
  const check = button("cc-button", words.check, { hidden: !practice, onclick: accept });
  const label = item.unit ? `${words.answer} (${item.unit})` : words.answer;
  const { frame, field, read, write } = typingField(
    "input",
    {
      type: "text",
      class: "cc-field",
      maxlength: 40,
      autocapitalize: "off",
      "aria-label": label,
      "aria-describedby": `${error.id} ${why.id}`,
      onchange: () => complain(),
    },
    { typed, entered: () => practice && accept() },
  );

  const number = () => numberIn(read(), item.unit);
  const value = () => (Number.isNaN(number()) ? null : number());

  function show(given) {
    if (number() !== given) write(given === null ? "" : String(given));
    check.disabled = given === null;
    complain();
  }

  function typed() {
    check.disabled = number() === null;
    changed();
    if (Number.isNaN(number())) return; // perhaps not yet complete: what is wrong is said later
    complain();
    if (!practice) draft(number());
  }

  function accept() {
    complain();
    if (value() !== null) commit(value());
  }

  function complain() {
    const wrong = Number.isNaN(number());
    field.setAttribute("aria-invalid", wrong);
    error.hidden = !wrong;
    error.textContent = wrong ? words.no_number : "";
    if (wrong) announce(words.no_number);
  }

  function showFeedback(feedback) {
    const told = feedback && { right: feedback.verdict === "right", why: feedback.why ?? "" };
    showReason(row, why, told, { label: told?.right ? words.right : words.wrong, words });
  }

  const offers = (given) => given === null || typeof given === "number";
  const unit = h("span", { class: "cc-unit", "aria-hidden": "true" }, item.unit ?? "");
  const line = h("div", { class: "cc-number-line" }, frame, unit);
  const row = h("div", { class: "cc-number" }, line, error, why);
  return { hint: "", body: row, action: check, value, show, offers, showFeedback };
}
