// The replies that are open, as buttons; also by number key, wherever in the widget the focus is.
import { button, fill, h } from "../shared/dom.js";

export function replyDesk({ words, uid, choose }) {
  const list = h("div", { class: "cs-replies" });
  const hint = h("p", { class: "cs-hint" });
  const question = h("p", { class: "cs-question", id: `${uid}-question` }, words.question);
  const desk = h(
    "div",
    { class: "cs-desk", role: "group", tabindex: "-1", "aria-labelledby": question.id },
    question,
    list,
    hint,
  );
  let open = [];

  function show(choices) {
    open = choices;
    desk.hidden = !choices.length;
    desk.classList.remove("cs-waiting");
    list.replaceChildren(...choices.map(replyButton));
    hint.textContent = fill(words.keys, { n: choices.length });
  }

  // Closed replies keep their room until the client has answered, so that nothing jumps.
  function close() {
    open = [];
    desk.classList.add("cs-waiting");
  }

  function replyButton({ id, text }, index) {
    // Without motion the next replies stand there at once: a double click chooses one, not two.
    const onclick = (event) => event.detail < 2 && open.length && choose(id);
    const digit = h("span", { class: "cs-key", "aria-hidden": "true" }, index + 1);
    const reply = button("cs-reply", digit, { "aria-keyshortcuts": index + 1, onclick });
    reply.append(h("span", { html: text }));
    return reply;
  }

  function onKeyDown(event) {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    const choice = open[Number(event.key) - 1];
    if (!choice || modified || event.repeat) return;
    event.preventDefault();
    choose(choice.id);
  }
  return { desk, show, close, onKeyDown };
}
