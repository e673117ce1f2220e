// The browser's half of the quiz widget (quiz.py is the other): shows one quiz, saves its answers.
import { fill, h, same } from "../shared/dom.js";
import { ownThePlainKeys } from "../shared/keys.js";
import { saver } from "../shared/saving.js";
import { itemCard } from "./card.js";
import { quizHead } from "./head.js";
import { wear } from "../shared/wear.js";
import QUIZ_SHEET from "./quiz.css";

// As clientcourse.values.is_complete has it: an empty gap and an unmatched prompt are open.
function isComplete(item, value) {
  const parts = [...(item.gaps ?? []), ...(item.prompts ?? [])].length;
  return value !== null && (!parts || Object.keys(value).length === parts);
}

function render({ model, el }) {
  const [quiz, words] = [model.get("quiz"), model.get("words")];
  // Names of radio buttons are shared by the whole page, on which two notebooks may be open.
  const uid = `cc-${quiz.id}-${Math.random().toString(36).slice(2)}`;
  const ended = new AbortController();
  const live = h("div", { class: "cc-live", role: "status" });
  const announce = (text) => (live.textContent = text);
  const { head, showProgress, showStatus, showNotice } = quizHead(quiz, words, uid);
  const cards = new Map(); // by item id
  let clock = null;

  function refresh() {
    showProgress(quiz.items.filter((item) => isComplete(item, saving.saved(item.id))).length);
    const unsaved = saving.count("unsaved");
    if (unsaved) showStatus(fill(words.unsaved_count, { n: unsaved }), "bad");
    else if (saving.count("saving")) showStatus(words.saving, "busy");
    else if (clock) showStatus(`✓ ${fill(words.saved, { clock })}`, "good");
  }

  function show(id, value, feedback) {
    cards.get(id).show(value);
    cards.get(id).showFeedback(feedback);
  }

  const view = {
    turned(id, state) {
      cards.get(id).showState(state);
      if (state.message) announce(`${words.unsaved} ${state.message}`);
      if (state.elsewhere) announce(cards.get(id).told(words.elsewhere));
      clock = state.clock || clock;
      refresh();
    },
    confirmed(id, value, feedback) {
      if (same(cards.get(id).value(), value)) cards.get(id).showFeedback(feedback);
    },
    adopted: show,
    busy: (id) => cards.get(id).busy(),
    stopped: () => showNotice(words.stopped),
  };
  // What has been typed is saved before anything else is shown in its place.
  function leave() {
    saving.flush();
    saving.adopt();
  }
  const ids = quiz.items.map(({ id }) => id);
  const saving = saver({ model, words, ids, view });

  const body = h("div", { class: "cc-items" });
  quiz.items.forEach((item, index) => {
    const card = itemCard(item, index, { quiz, words, uid, saving, announce });
    cards.set(item.id, card);
    show(item.id, saving.saved(item.id), model.get("feedback")[item.id] ?? null);
    body.append(card.card);
  });

  wear(QUIZ_SHEET);
  el.classList.add("cc-widget", "cc-quiz");
  el.lang = model.get("language") === "zh" ? "zh-CN" : "en";
  el.setAttribute("role", "region");
  el.setAttribute("aria-labelledby", `${uid}-title`);
  el.replaceChildren(head, body, live);
  ownThePlainKeys(el, ended.signal);
  el.addEventListener("change", saving.flush, { signal: ended.signal });
  el.addEventListener("focusout", leave, { signal: ended.signal });
  refresh();
  model.on("change:revision", refresh);
  saving.resend((id, value) => cards.get(id).offers(value));

  return () => {
    ended.abort();
    saving.close();
  };
}

export default { render };
