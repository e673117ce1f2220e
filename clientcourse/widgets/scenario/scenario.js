// The browser's half of the scenario widget (scenario.py is the other): a conversation with a
// simulated client, saved after every reply.
import { button, fill, h, same } from "../shared/dom.js";
import { ownThePlainKeys } from "../shared/keys.js";
import { saver } from "../shared/saving.js";
import { debriefing } from "./debrief.js";
import { scenarioHead } from "./head.js";
import { meterBoard } from "./meters.js";
import { replyDesk } from "./replies.js";
import { talkLog } from "./talk.js";
import { fits, walk } from "./walk.js";
import { wear } from "../shared/wear.js";
import SCENARIO_SHEET from "./scenario.css";

const THINKING = 550; // ms for which the client is seen to think
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function render({ model, el }) {
  const [scenario, words] = [model.get("scenario"), model.get("words")];
  const practice = scenario.use === "practice";
  const uid = `cc-${scenario.id}-${Math.random().toString(36).slice(2)}`;
  const parts = { scenario, words, uid, choose };
  const ended = new AbortController();
  const live = h("div", { class: "cc-live", role: "status" });
  const announce = (text) => (live.textContent = text);
  const { head, showMood } = scenarioHead(parts);
  const talk = talkLog(parts);
  const replies = replyDesk(parts);
  const meters = meterBoard(parts);
  const overview = practice ? meters.board : h("p", { class: "cs-later" }, words.later);
  const named = { role: "group", tabindex: "-1", "aria-labelledby": `${uid}-end` };
  const finish = h("div", { class: "cs-finish", ...named });
  const review = h("div", {});
  const idle = !practice && scenario.counts === "first"; // further attempts do not count
  const anew = idle ? words.again_practice : words.again;
  const again = button(practice ? "cc-button" : "cs-quiet", anew, { onclick: startAgain });
  const notice = h("p", { class: "cs-notice", role: "status" });
  const state = h("div", { class: "cs-state" });

  let attempts = [[]];
  let feedback = null; // of the last attempt
  let pause = null; // set while the client thinks

  const path = () => attempts.at(-1);

  function adopt(value, told) {
    const usable = fits(scenario, value);
    attempts = usable ? value.attempts : [[]];
    feedback = usable ? told : null;
    settle();
  }

  function choose(id) {
    attempts = [...attempts.slice(0, -1), [...path(), id]];
    feedback = null;
    replies.close();
    replies.desk.focus({ preventScroll: true });
    saving.submit(scenario.id, { attempts });
    answer();
  }

  function startAgain() {
    attempts = [...attempts, []];
    feedback = null;
    settle();
    replies.desk.focus({ preventScroll: true });
    bringIntoSight();
  }

  // Lets the client think for a moment, then speak.
  function answer() {
    const { lines, mood } = walk(scenario, path());
    if (still() || lines.at(-1).who === "stage") return speak();
    showMood(mood);
    talk.show([note(), ...lines.slice(0, -1)]);
    talk.type(mood);
    bringIntoSight();
    pause = setTimeout(speak, THINKING);
  }

  function speak() {
    const focused = replies.desk.contains(document.activeElement);
    settle();
    if (focused && replies.desk.hidden) finish.focus({ preventScroll: true });
    if (feedback) announce(meters.spoken());
    bringIntoSight();
  }

  // Shows everything as it stands, without a pause.
  function settle() {
    clearTimeout(pause);
    pause = null;
    const { lines, mood, node, ending } = walk(scenario, path());
    showMood(mood);
    talk.hush();
    talk.show([note(), ...lines]);
    replies.show(node?.choices ?? []);
    showEnd(ending);
    showFeedback();
  }

  function note() {
    const which = idle && attempts.length > 1 ? "not" : scenario.counts;
    const counts = practice ? "" : words[`counts_${which}`];
    return { who: "note", text: fill(words.attempt, { n: attempts.length }), counts };
  }

  function showEnd(ending) {
    finish.hidden = !ending;
    overview.hidden = !practice && Boolean(ending);
    again.hidden = !ending || attempts.length >= scenario.most;
    if (!ending) return;
    finish.replaceChildren(
      h("p", { class: "cs-over" }, words.over),
      h("p", { class: "cs-ending", id: `${uid}-end`, html: ending.title }),
    );
    if (practice) return;
    finish.append(h("p", {}, words.finished));
    if (!again.hidden) finish.append(h("p", {}, words[`again_${scenario.counts}`]));
  }

  function showFeedback() {
    if (!practice || pause) return;
    const begun = path().length > 0;
    if (feedback || !begun) meters.show(feedback?.meters ?? null);
    const told = feedback?.debriefing;
    const late = finish.hidden ? "" : h("p", { class: "cs-late" }, words.late);
    review.replaceChildren(told ? debriefing(told, parts) : late);
  }

  // The newest lines together with the open replies; if both are too much, the lines' beginning.
  function bringIntoSight() {
    const end = [replies.desk, finish].find((part) => !part.hidden);
    const [from, to] = [talk.newest(), end].map((part) => part.getBoundingClientRect().top);
    end.style.scrollMarginTop = `${to - from + 12}px`;
    end.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
  }

  function showState({ mark, clock, message }) {
    el.dataset.state = mark;
    const saved = `✓ ${fill(words.saved, { clock })}`;
    const short = { open: "", saving: words.saving, saved, unsaved: words.unsaved }[mark];
    state.replaceChildren(h("span", { class: "cs-mark" }, short), message);
    if (mark === "unsaved" && !notice.textContent) state.append(retry());
  }

  function retry() {
    const onclick = () => {
      saving.submit(scenario.id, { attempts });
      (replies.desk.hidden ? finish : replies.desk).focus({ preventScroll: true });
    };
    return button("cs-quiet", words.retry, { onclick });
  }

  const view = {
    turned(_id, turn) {
      showState(turn);
      if (turn.message) announce(`${words.unsaved} ${turn.message}`);
    },
    confirmed(_id, value, told) {
      if (!same(value, { attempts })) return;
      feedback = told;
      showFeedback();
      if (told && !pause) announce(meters.spoken());
    },
    adopted: (_id, value, told) => adopt(value, told),
    stopped: () => (notice.textContent = words.stopped),
  };
  const saving = saver({ model, words, ids: [scenario.id], view });

  wear(SCENARIO_SHEET);
  el.classList.add("cc-widget", "cc-scenario");
  el.lang = model.get("language") === "zh" ? "zh-CN" : "en";
  el.setAttribute("role", "region");
  el.setAttribute("aria-labelledby", `${uid}-title`);
  const body = h("div", { class: "cs-body" }, head, talk.log, finish, overview, replies.desk);
  body.append(review, again, notice, state);
  el.replaceChildren(body, live);
  el.addEventListener("keydown", replies.onKeyDown, { signal: ended.signal });
  ownThePlainKeys(el, ended.signal);
  adopt(saving.saved(scenario.id), model.get("feedback")[scenario.id] ?? null);
  saving.resend((_id, value) => fits(scenario, value));

  return () => {
    ended.abort();
    clearTimeout(pause);
    saving.close();
  };
}

export default { render };
