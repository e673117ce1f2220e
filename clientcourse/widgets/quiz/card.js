// One item: a question with its state, its feedback and its points.
import { button, fill, h, same } from "../shared/dom.js";
import { findHeading, jumpTo } from "../shared/jump.js";
import { blankQuestion } from "./blank.js";
import { choiceQuestion } from "./choice.js";
import { matchQuestion } from "./match.js";
import { numberQuestion } from "./number.js";
import { orderQuestion } from "./order.js";
import { shortQuestion } from "./short.js";

const QUESTIONS = {
  single: choiceQuestion,
  truefalse: choiceQuestion,
  multiple: choiceQuestion,
  rating: choiceQuestion,
  order: orderQuestion,
  match: matchQuestion,
  blank: blankQuestion,
  number: numberQuestion,
  short: shortQuestion,
};
const ICONS = { right: "✓", partly: "◐", wrong: "✗", self: "◇" };

export function itemCard(item, index, { quiz, words, uid, saving, announce }) {
  const name = `${uid}-${item.id}`;
  const { use } = quiz;
  const practice = use === "practice";
  const summary = h("p", { class: "cc-summary", id: `${name}-summary`, hidden: true });
  const again = h("p", { class: "cc-again", hidden: true });
  const state = h("p", { class: "cc-state" });
  let shown = null; // the feedback that is on the screen
  let settled = null; // the value that was last shown or handed in

  const changed = () => showFeedback(null);
  function commit(value) {
    settled = value;
    saving.submit(item.id, value);
  }
  function draft(value) {
    settled = value;
    saving.draft(item.id, value);
  }
  const parts = { item, name, words, use, practice, changed, commit, draft, announce };
  const question = QUESTIONS[item.type](parts);

  function show(value) {
    question.show(value);
    settled = question.value();
  }

  // While somebody types here, or has not handed in yet, nothing may take the place of their words.
  function busy() {
    const active = document.hasFocus() && document.activeElement;
    const typing = card.contains(active) && active.matches("input[type=text], textarea");
    return typing || !same(question.value(), settled);
  }

  function showFeedback(feedback) {
    if (shown === feedback) return;
    shown = feedback;
    question.showFeedback(feedback);
    summary.hidden = !feedback;
    again.hidden = !feedback?.reread;
    if (!feedback) return;
    summary.dataset.verdict = feedback.verdict;
    summary.replaceChildren(
      h("span", { class: "cc-icon", "aria-hidden": "true" }, ICONS[feedback.verdict]),
      h("span", { html: feedback.summary }),
    );
    if (feedback.reread) again.replaceChildren(wayTo(feedback.reread));
    announce(summary.lastChild.textContent);
  }

  function wayTo(heading) {
    const label = fill(words.reread, { heading });
    let looking = false;
    async function go() {
      if (looking) return;
      looking = true;
      const found = await jumpTo(() => findHeading(heading, card));
      looking = false;
      if (found) return;
      const plain = h("span", { tabindex: "-1" }, label);
      way.replaceWith(plain);
      plain.focus();
    }
    const way = button("cc-way", label, { onclick: go });
    return way;
  }

  function showState({ mark, clock, message, elsewhere }) {
    card.dataset.state = mark;
    const saved = `✓ ${fill(words.saved, { clock })}`;
    const open = elsewhere ? words.elsewhere : "";
    const short = { open, saving: words.saving, saved, unsaved: words.unsaved }[mark];
    state.replaceChildren(h("span", { class: "cc-mark" }, short), message);
  }

  const number = fill(words.number, { n: index + 1 });
  const points = item.points === 1 ? words.point : words.points;
  const meta = h("span", { class: "cc-meta" }, number);
  if (use === "graded") {
    meta.append(h("span", { class: "cc-points" }, fill(points, { n: item.points })));
  }
  const { hint: advice, body, action, details } = question;
  const hint = h("p", { class: "cc-hint", id: `${name}-hint`, hidden: !advice }, advice);
  const card = h(
    "fieldset",
    {
      class: "cc-item",
      "data-item": item.id,
      "data-type": item.type,
      "aria-describedby": `${hint.id} ${summary.id}`,
    },
    h("legend", {}, meta, h("span", { class: "cc-stem", html: item.stem })),
    hint,
    body,
    h("div", { class: "cc-actions" }, action),
    summary,
    details ?? "",
    again,
    state,
  );
  const told = (sentence) => `${number}: ${sentence}`;
  return { ...question, card, show, busy, told, showState, showFeedback };
}
