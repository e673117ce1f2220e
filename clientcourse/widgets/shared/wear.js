// Puts a widget's style sheet into the page, unless it is there: a new sheet makes the browser style
// the whole page anew.
import { h } from "./dom.js";

export function wear(sheet) {
  const worn = [...document.querySelectorAll("style[data-clientcourse]")];
  if (worn.some(({ textContent }) => textContent === sheet)) return;
  document.head.append(h("style", { "data-clientcourse": true }, sheet));
}
