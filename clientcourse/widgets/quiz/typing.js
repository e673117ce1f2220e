// What the forms that are answered in one's own words have in common.
import { h } from "../shared/dom.js";

// A field that is as large as what is typed. While an input method is composing a character
// nothing is told: typed() is called when it is done, entered() for Enter.
export function typingField(tag, attributes, { typed, entered }) {
  const composing = (event) => event.isComposing || event.keyCode === 229;
  function onInput(event) {
    grow();
    if (!event.isComposing) typed();
  }
  function onKeyDown(event) {
    if (event.key === "Enter" && !composing(event)) entered?.();
  }
  const listeners = { oninput: onInput, oncompositionend: onInput, onkeydown: onKeyDown };
  const common = { autocomplete: "off", spellcheck: "false", ...listeners };
  const field = h(tag, { ...common, ...attributes });
  if (tag === "input") field.size = 1; // no width of its own
  const frame = h("span", { class: "cc-grow" }, field);
  const grow = () => (frame.dataset.text = field.value); // the style sheet measures it

  function write(text) {
    if (field.value !== text) field.value = text;
    grow();
  }
  return { frame, field, read: () => cleaned(field.value), write };
}

// Control characters and halves of characters, which come with pasting, cannot be saved.
function cleaned(text) {
  return text.replace(/\p{Cs}|[^\P{Cc}\n\t]/gu, "").trim();
}
