// Small helpers for building what is shown. The only HTML taken from data is what
// clientcourse.markup.inline made of it.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") node.innerHTML = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export const button = (kind, face, attributes) =>
  h("button", { type: "button", class: kind, ...attributes }, face);
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
// The kernel may run in another time zone than the trainee's watch.
export const localClock = (at) =>
  new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
