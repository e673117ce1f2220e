// single, truefalse, multiple, rating: buttons or boxes.
import { button, h } from "../shared/dom.js";
import { reasonBox, showReason } from "./reasons.js";

export function choiceQuestion({ item, name, words, practice, changed, commit }) {
  const multiple = item.type === "multiple";
  const rows = item.choices.map(({ id, text }) => {
    const why = reasonBox(`${name}-${id}`);
    const type = multiple ? "checkbox" : "radio";
    const input = h("input", { type, name, value: id, "aria-describedby": why.id });
    const label = h("label", { class: "cc-option" }, input);
    label.append(h("span", { class: "cc-text", html: text }));
    const row = h("div", { class: "cc-choice" }, label, why);
    return { id, row, input, why };
  });
  const check = button("cc-button", words.check, {
    hidden: !(practice && multiple),
    onclick: () => commit(value()),
  });

  function value() {
    const chosen = rows.filter(({ input }) => input.checked).map(({ id }) => id);
    if (!chosen.length) return null;
    return multiple ? chosen : chosen[0];
  }

  function show(given) {
    for (const { id, input } of rows) input.checked = [given].flat().includes(id);
    check.disabled = given === null;
  }

  // In practice an answer is judged at once, so arrow keys, which choose every radio button they
  // pass, only choose; Enter, Space or the button then answers.
  let travelling = false;
  function onChange() {
    check.disabled = value() === null;
    changed();
    if (!practice || !(multiple || travelling)) commit(value());
    else check.hidden = false;
  }
  function onKeyDown(event) {
    if (!practice || multiple) return;
    travelling = event.key.startsWith("Arrow");
    const again = event.key === " " && event.target.checked;
    if (event.key !== "Enter" && !again) return;
    event.preventDefault();
    event.target.checked = true;
    commit(value());
  }
  const onKeyUp = () => (travelling = false);

  function showFeedback(feedback) {
    for (const { id, row, input, why } of rows) {
      const told = feedback?.choices?.[id];
      const label = told?.right ? words.right : words.wrong;
      showReason(row, why, told, { label, mine: input.checked, words });
    }
  }

  const known = item.choices.map(({ id }) => id);
  const offers = (given) => given === null || [given].flat().every((id) => known.includes(id));
  const listeners = { onchange: onChange, onkeydown: onKeyDown, onkeyup: onKeyUp };
  const body = h("div", { class: "cc-choices", ...listeners }, ...rows.map(({ row }) => row));
  const hint = multiple ? words.several : "";
  return { hint, body, action: check, value, show, offers, showFeedback };
}
