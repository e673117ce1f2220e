// The browser's half of the quiz widget (quiz.py is the other). It shows one quiz, sends every
// answer to the kernel, and says "saved" only once the kernel has said so.
//
// to the kernel:   {kind: "answer", seq, item, value}
// from the kernel: {kind: "saved", seq, item, at, feedback} or {kind: "refused", seq, item, message}
//
// The only HTML taken from data is what clientcourse.markup.inline made of it.

const SILENCE = 3000; // ms without a reply before the trainee is told

// Starts at the clock, so that two tabs on one kernel, which both hear every reply, do not collide.
let lastSeq = Date.now() * 1000;

// --- small helpers -------------------------------------------------------------------------

function h(tag, attributes = {}, ...children) {
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

const button = (kind, face, attributes) =>
  h("button", { type: "button", class: kind, ...attributes }, face);
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
// The kernel may run in another time zone than the trainee's watch.
const localClock = (at) =>
  new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Answers that the kernel has not confirmed, oldest first, kept for this browser tab, each with
// the saved answer that it was to replace.
function unsavedStore(key) {
  // Storage may be blocked, full or damaged: the answer is then still on the screen.
  const read = () => {
    try {
      return new Map(JSON.parse(sessionStorage.getItem(key)) ?? []);
    } catch {
      return new Map();
    }
  };
  const write = (entries) => {
    try {
      sessionStorage.setItem(key, JSON.stringify([...entries]));
    } catch {}
  };
  const others = (id) => [...read()].filter(([known]) => known !== id);
  return {
    read,
    keep: (id, value, replaced) =>
      write([...others(id), [id, { value, replaced: read().get(id)?.replaced ?? replaced }]]),
    forget: (id) => write(others(id)),
  };
}

// JupyterLab and Notebook listen on the document before the widget can, and in command mode would
// take arrows, Enter, "a", "b", "d d" … for themselves. This attribute is their own way to be told
// not to; it must be on the very element that has the focus, where they begin to look. Ctrl/Cmd
// shortcuts and Shift+Enter stay theirs: saving and running must work from here, too.
function ownThePlainKeys(root, signal) {
  const mark = "data-lm-suppress-shortcuts";
  const decide = (event) => {
    const theirs = event.ctrlKey || event.metaKey || (event.shiftKey && event.key === "Enter");
    if (root.contains(event.target)) event.target.toggleAttribute(mark, !theirs);
  };
  const keep = (event) => event.target.hasAttribute(mark) && event.stopPropagation();
  window.addEventListener("keydown", decide, { capture: true, signal });
  root.addEventListener("keydown", keep, { signal });
}

// What feedback says of one option or step, beneath it.
function reasonBox(id) {
  return h("div", { class: "cc-why", id, hidden: true });
}

function showReason(row, box, told, { label, mine, words }) {
  box.hidden = !told;
  row.toggleAttribute("data-mine", Boolean(told && mine));
  row.toggleAttribute("data-verdict", Boolean(told));
  if (!told) return;
  row.dataset.verdict = told.right ? "right" : "wrong";
  box.replaceChildren(h("span", { class: "cc-verdict" }, `${told.right ? "✓" : "✗"} ${label}`));
  if (mine) box.append(h("span", { class: "cc-mine" }, words.yours));
  box.append(h("span", { class: "cc-reason", html: told.why }));
}

// --- questions: each shows a value, says when it changes, and shows feedback ----------------

// single, truefalse, multiple
function choiceQuestion({ item, name, words, practice, changed, commit }) {
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
      const told = feedback?.choices[id];
      const label = told?.right ? words.right : words.wrong;
      showReason(row, why, told, { label, mine: input.checked, words });
    }
  }

  const listeners = { onchange: onChange, onkeydown: onKeyDown, onkeyup: onKeyUp };
  const body = h("div", { class: "cc-choices", ...listeners }, ...rows.map(({ row }) => row));
  return { hint: multiple ? words.several : "", body, action: check, value, show, showFeedback };
}

// order
function orderQuestion({ item, name, words, practice, changed, commit, announce }) {
  const list = h("ol", { class: "cc-steps" });
  const done = button("cc-button", practice ? words.check : words.keep_order, { onclick: accept });
  const rows = item.choices.map(stepRow);
  let lifted = null; // { row, before }: the row that the keyboard has picked up

  const partsOf = (row) => rows.find((parts) => parts.row === row);
  const ordered = () => [...list.children].map(partsOf);
  const value = () => ordered().map(({ id }) => id);
  const place = (row) => [...list.children].indexOf(row) + 1;
  const tell = (sentence, row) => announce(fill(sentence, { n: place(row), all: rows.length }));

  function stepRow({ id, text }) {
    const why = reasonBox(`${name}-${id}`);
    const step = h("span", { class: "cc-text", html: text });
    const number = h("span", { class: "cc-place", "aria-hidden": "true" });
    const grip = button("cc-grip", h("span", { class: "cc-dots" }), {
      "aria-describedby": why.id,
      // Keyboards and screen readers click without a count of clicks; a mouse drags instead.
      onclick: (event) => event.detail === 0 && toggleLift(row),
      onblur: () => drop(),
      onkeydown: (event) => onGripKey(event, row),
    });
    const up = button("cc-nudge", "↑", { onclick: () => nudge(row, -1) });
    const down = button("cc-nudge", "↓", { onclick: () => nudge(row, 1) });
    const line = h("div", { class: "cc-step-line" }, grip, number, step, up, down);
    const onpointerdown = (event) => startDrag(event, row);
    const row = h("li", { class: "cc-step", onpointerdown }, line, why);
    return { id, row, why, grip, number, up, down, step: step.textContent };
  }

  function show(given) {
    const ids = given ?? item.choices.map(({ id }) => id);
    list.append(...ids.map((id) => rows.find((parts) => parts.id === id).row));
    done.hidden = !practice && given !== null;
    renumber();
  }

  function renumber() {
    const all = rows.length;
    ordered().forEach(({ number, grip, up, down, step }, index) => {
      number.textContent = index + 1;
      grip.setAttribute("aria-label", fill(words.row, { n: index + 1, all, step }));
      up.setAttribute("aria-label", fill(words.up, { step }));
      down.setAttribute("aria-label", fill(words.down, { step }));
      // Not `disabled`, which would throw the keyboard focus away when a row arrives at an end.
      up.setAttribute("aria-disabled", index === 0);
      down.setAttribute("aria-disabled", index === all - 1);
    });
  }

  // Moves the neighbour, not the row, so that the row keeps focus and pointer.
  function move(row, by) {
    const neighbour = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!neighbour) return false;
    if (by < 0) row.after(neighbour);
    else row.before(neighbour);
    renumber();
    changed();
    return true;
  }

  function putBack(row, before) {
    const wanted = before.indexOf(partsOf(row).id) + 1;
    while (place(row) !== wanted) move(row, wanted - place(row));
  }

  function accept() {
    commit(value());
    if (practice) return;
    if (document.activeElement === done) ordered()[0].grip.focus(); // or focus is gone with it
    done.hidden = true;
  }

  function settle(before) {
    if (!practice && !same(before, value())) accept();
  }

  function nudge(row, by) {
    const before = value();
    if (!move(row, by)) return;
    tell(words.moved, row);
    settle(before);
  }

  function toggleLift(row) {
    if (lifted) return drop();
    lifted = { row, before: value() };
    row.classList.add("cc-lifted");
    tell(words.lifted, row);
  }

  function setDown(sentence) {
    const { row, before } = lifted;
    lifted = null;
    row.classList.remove("cc-lifted");
    if (sentence === words.cancelled) putBack(row, before);
    tell(sentence, row);
    settle(before);
  }

  function drop() {
    if (lifted) setDown(words.dropped);
  }

  function onGripKey(event, row) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by && lifted && move(row, by)) tell(words.moved, row);
    else if (by && !lifted && event.altKey) nudge(row, by);
    else if (by && !lifted) ordered()[place(row) - 1 + by]?.grip.focus();
    else if (event.key === "Escape" && lifted) setDown(words.cancelled);
    if (by) event.preventDefault(); // no scrolling
  }

  // Pointer events, not HTML drag and drop, which JupyterLab uses for its cells. A finger drags
  // by the grip only, so that it can scroll the page everywhere else.
  function startDrag(event, row) {
    const held = (selector) => event.target.closest(selector);
    if (event.button !== 0 || held(".cc-nudge")) return;
    if (event.pointerType === "touch" && !held(".cc-grip")) return;
    const before = value();
    const dragged = new AbortController();
    const { signal } = dragged;
    // Heights count from the list, so that scrolling meanwhile does no harm.
    const height = (at) => at.clientY - list.getBoundingClientRect().top;
    const middle = (node) => node.offsetTop + node.offsetHeight / 2;
    let origin = height(event);

    function follow(at) {
      const shifted = () => middle(row) + height(at) - origin;
      const pass = (by) => {
        const top = row.offsetTop;
        move(row, by);
        origin += row.offsetTop - top;
      };
      while (row.previousElementSibling && shifted() < middle(row.previousElementSibling)) pass(-1);
      while (row.nextElementSibling && shifted() > middle(row.nextElementSibling)) pass(1);
      row.style.transform = `translateY(${height(at) - origin}px)`;
    }

    function end(kept) {
      dragged.abort();
      row.style.transform = "";
      row.classList.remove("cc-dragged");
      if (!kept) return putBack(row, before);
      if (!same(before, value())) tell(words.moved, row);
      settle(before);
    }

    row.setPointerCapture(event.pointerId);
    row.classList.add("cc-dragged");
    row.addEventListener("pointermove", follow, { signal });
    row.addEventListener("pointerup", () => end(true), { signal });
    row.addEventListener("pointercancel", () => end(false), { signal });
  }

  function showFeedback(feedback) {
    for (const { id, row, why } of rows) {
      const told = feedback?.choices[id];
      const belongs = () => fill(words.wrong_place, { n: feedback.order.indexOf(id) + 1 });
      const label = told && (told.right ? words.right_place : belongs());
      showReason(row, why, told, { label, words });
    }
  }

  return { hint: words.order_hint, body: list, action: done, value, show, showFeedback };
}

// --- one item: a question with its state ---------------------------------------------------

function itemCard(item, index, { quiz, words, uid, submit, announce }) {
  const name = `${uid}-${item.id}`;
  const practice = quiz.use === "practice";
  const summary = h("p", { class: "cc-summary", id: `${name}-summary`, hidden: true });
  const state = h("p", { class: "cc-state" });
  let shown = null; // the feedback that is on the screen

  const changed = () => showFeedback(null);
  const commit = (value) => submit(item.id, value);
  const kind = item.type === "order" ? orderQuestion : choiceQuestion;
  const question = kind({ item, name, words, practice, changed, commit, announce });

  function showFeedback(feedback) {
    if (shown === feedback) return;
    shown = feedback;
    question.showFeedback(feedback);
    summary.hidden = !feedback;
    if (!feedback) return;
    summary.dataset.verdict = feedback.verdict;
    const icon = { right: "✓", partly: "◐", wrong: "✗" }[feedback.verdict];
    summary.replaceChildren(
      h("span", { class: "cc-icon", "aria-hidden": "true" }, icon),
      h("span", { html: feedback.summary }),
    );
    announce(summary.lastChild.textContent);
  }

  function showState({ mark, clock, message }) {
    card.dataset.state = mark;
    const saved = `✓ ${fill(words.saved, { clock })}`;
    const short = { open: "", saving: words.saving, saved, unsaved: words.unsaved }[mark];
    state.replaceChildren(h("span", { class: "cc-mark" }, short), message);
  }

  const points = item.points === 1 ? words.point : words.points;
  const meta = h("span", { class: "cc-meta" }, fill(words.number, { n: index + 1 }));
  if (!practice) meta.append(h("span", { class: "cc-points" }, fill(points, { n: item.points })));
  const hint = h("p", { class: "cc-hint", id: `${name}-hint`, hidden: !question.hint }, question.hint);
  const card = h(
    "fieldset",
    { class: "cc-item", "data-item": item.id, "aria-describedby": `${hint.id} ${summary.id}` },
    h("legend", {}, meta, h("span", { class: "cc-stem", html: item.stem })),
    hint,
    question.body,
    h("div", { class: "cc-actions" }, question.action),
    summary,
    state,
  );
  const known = item.choices.map(({ id }) => id);
  const offers = (value) => value === null || [value].flat().every((id) => known.includes(id));
  return { ...question, offers, card, showState, showFeedback };
}

// --- the quiz ------------------------------------------------------------------------------

function quizHead(quiz, words, uid) {
  const label = h("span", { class: "cc-progress" });
  const bar = h("span");
  const status = h("span", { class: "cc-status", role: "status" });
  const notice = h("p", { class: "cc-notice", role: "status" });
  const title = { class: "cc-title", id: `${uid}-title`, role: "heading", "aria-level": "3" };
  const head = h(
    "div",
    {},
    h("p", { class: "cc-kind" }, words[quiz.use]),
    h("div", title, quiz.title),
    h("div", { class: "cc-line" }, label, status),
    h("div", { class: "cc-bar", "aria-hidden": "true" }, bar),
    notice,
  );
  function showProgress(done) {
    const all = quiz.items.length;
    label.textContent = fill(words.progress, { done, all });
    bar.style.width = `${(100 * done) / all}%`;
  }
  function showStatus(text, tone) {
    status.textContent = text;
    status.dataset.tone = tone;
  }
  return { head, showProgress, showStatus, showNotice: (text) => (notice.textContent = text) };
}

function render({ model, el }) {
  const [quiz, words] = [model.get("quiz"), model.get("words")];
  // Names of radio buttons are shared by the whole page, on which two notebooks may be open.
  const uid = `cc-${quiz.id}-${Math.random().toString(36).slice(2)}`;
  const store = unsavedStore(model.get("store_key"));
  const ended = new AbortController();
  const live = h("div", { class: "cc-live", role: "status" });
  const announce = (text) => (live.textContent = text);
  const { head, showProgress, showStatus, showNotice } = quizHead(quiz, words, uid);
  const states = new Map(); // item id -> { card, value, mark, seq, timer }
  let stopped = false;
  let clock = null;

  function refresh() {
    showProgress(Object.keys(model.get("answers")).length);
    const count = (mark) => [...states.values()].filter((state) => state.mark === mark).length;
    if (count("unsaved")) showStatus(fill(words.unsaved_count, { n: count("unsaved") }), "bad");
    else if (count("saving")) showStatus(words.saving, "busy");
    else if (clock) showStatus(`✓ ${fill(words.saved, { clock })}`, "good");
  }

  function turn(id, mark, { message = "", clock = "" } = {}) {
    const state = states.get(id);
    clearTimeout(state.timer);
    state.mark = mark;
    state.card.showState({ mark, clock, message });
    if (message) announce(`${words.unsaved} ${message}`);
    refresh();
  }

  const saved = (id) => model.get("answers")[id]?.value ?? null;

  function submit(id, value) {
    const state = states.get(id);
    state.value = value;
    state.seq = ++lastSeq;
    store.keep(id, value, saved(id));
    if (stopped) return turn(id, "unsaved", { message: words.kept });
    turn(id, "saving");
    state.timer = setTimeout(() => turn(id, "unsaved", { message: words.silent }), SILENCE);
    try {
      model.send({ kind: "answer", seq: state.seq, item: id, value });
    } catch {
      turn(id, "unsaved", { message: words.silent });
    }
  }

  function receive(reply) {
    const state = states.get(reply.item);
    if (!state || state.seq !== reply.seq) return; // overtaken by a newer choice, or not ours
    if (reply.kind === "refused") return turn(reply.item, "unsaved", { message: reply.message });
    store.forget(reply.item);
    clock = localClock(reply.at);
    turn(reply.item, "saved", { clock });
    if (same(state.card.value(), state.value)) state.card.showFeedback(reply.feedback);
  }

  // Another view of this quiz, or another tab on the same kernel, has saved something.
  function adopt() {
    const [answers, feedback] = [model.get("answers"), model.get("feedback")];
    for (const [id, state] of states) {
      const value = answers[id]?.value ?? null;
      if (["saving", "unsaved"].includes(state.mark) || same(value, state.value)) continue;
      state.value = value;
      state.card.show(value);
      state.card.showFeedback(feedback[id] ?? null);
      turn(id, "open");
    }
    refresh();
  }

  // The widget manager triggers this when the kernel ends or is restarted.
  function stop() {
    stopped = true;
    showNotice(words.stopped);
    for (const [id, { mark }] of states) {
      if (mark === "saving") turn(id, "unsaved", { message: words.kept });
    }
  }

  const body = h("div", { class: "cc-items" });
  quiz.items.forEach((item, index) => {
    const card = itemCard(item, index, { quiz, words, uid, submit, announce });
    const value = saved(item.id);
    states.set(item.id, { card, value, mark: "open" });
    card.show(value);
    card.showFeedback(model.get("feedback")[item.id] ?? null);
    body.append(card.card);
  });

  el.classList.add("cc-quiz");
  el.lang = model.get("language") === "zh" ? "zh-CN" : "en";
  el.setAttribute("role", "region");
  el.setAttribute("aria-labelledby", `${uid}-title`);
  el.replaceChildren(head, body, live);
  ownThePlainKeys(el, ended.signal);
  refresh();

  model.on("msg:custom", receive);
  model.on("change:answers", adopt);
  model.on("comm_live_update", stop);
  for (const [id, { value, replaced }] of store.read()) {
    const card = states.get(id)?.card;
    if (!card?.offers(value)) continue; // the quiz has changed meanwhile
    if (!same(saved(id), replaced)) {
      store.forget(id); // answered anew meanwhile, in another tab or on another machine
      continue;
    }
    card.show(value);
    card.showFeedback(null);
    submit(id, value);
  }

  // What was registered with model.on, anywidget takes off by itself.
  return () => {
    ended.abort();
    for (const { timer } of states.values()) clearTimeout(timer);
  };
}

export default { render };
