// The conversation so far: one line after another, new ones read out as they come.
import { fill, h, same } from "../shared/dom.js";
import { face } from "./face.js";

export function talkLog({ scenario, words }) {
  const name = fill(words.log, { client: scenario.client });
  const log = h("div", { class: "cs-log", role: "log", "aria-label": name });
  let shown = []; // { line, row } in the order of the screen
  let typing = null;

  const avatar = (mood) => h("span", { class: "cs-avatar", html: face(mood, scenario.id) });
  const bubble = (html) => h("p", { class: "cs-bubble", html });
  // Punctuation for the ear: without it a screen reader runs the name into the words.
  const stop = () => h("span", { class: "cs-ear" }, words.colon);

  function by(mood) {
    const label = h("span", { class: "cs-mood", "data-mood": mood }, words[mood]);
    return h("p", { class: "cs-by" }, scenario.client, label, stop());
  }

  const rows = {
    note: ({ text, counts }) =>
      h("p", { class: "cs-note" }, text, counts ? h("span", { class: "cs-counts" }, counts) : ""),
    stage: ({ html }) => h("p", { class: "cs-stage", html }),
    client: ({ mood, html }) =>
      h("div", { class: "cs-line cs-theirs" }, avatar(mood), by(mood), bubble(html)),
    you: ({ html }) => {
      const speaker = h("p", { class: "cs-by" }, words.you, stop());
      return h("div", { class: "cs-line cs-yours" }, speaker, bubble(html));
    },
  };

  // Keeps what the old and the new lines have in common, so that only what is new is read out.
  function show(lines) {
    const kept = lines.findIndex((line, index) => !same(line, shown[index]?.line));
    const common = kept < 0 ? lines.length : kept;
    for (const { row } of shown.slice(common)) row.remove();
    const added = lines.slice(common).map((line) => ({ line, row: rows[line.who](line) }));
    shown = [...shown.slice(0, common), ...added];
    log.append(...added.map(({ row }) => row));
  }

  function type(mood) {
    const dots = h("p", { class: "cs-bubble cs-dots" }, h("i"), h("i"), h("i"));
    typing = h("div", { class: "cs-line cs-theirs" }, avatar(mood), by(mood), dots);
    typing.setAttribute("aria-hidden", "true"); // half a second: not worth an announcement
    log.append(typing);
  }

  // The trainee's last reply and what came of it: what must be in sight.
  function newest() {
    const mine = shown.findLastIndex(({ line }) => line.who === "you");
    return shown[Math.max(mine, 0)].row;
  }
  return { log, show, type, hush: () => typing?.remove(), newest };
}
