// The browser's half of saving (saving.py is the other): sends every answer to the kernel and says
// "saved" only once the kernel has said so.
//
// to the kernel:   {kind: "answer", sender, seq, item, value}
// from the kernel: {kind: "saved", sender, seq, item, at, feedback, revision}
//                  or {kind: "refused", sender, seq, item, message}
//                  or {kind: "overtaken", sender, seq, item}: a newer one had come in before it
//
// Traits of the model: store_key, and for every revision answers {item: {value}} and feedback
// {item: …}. Replies overtake changes of traits, so both say which revision they belong to.
import { localClock, same } from "./dom.js";

const SILENCE = 3000; // ms without a reply before the trainee is told
const PAUSE = 600; // ms without a keystroke before what was typed is sent

// Answers that the kernel has not confirmed, oldest first, kept for this browser tab, each with
// what it may replace: the answer that was saved before, and what was sent since, which may have
// been saved without a word of it coming back.
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
    keep: (id, value, saved) =>
      write([...others(id), [id, { value, replaces: read().get(id)?.replaces ?? [saved] }]]),
    sent: (id) => {
      const { value, replaces } = read().get(id) ?? {};
      const known = replaces?.some((one) => same(one, value)) ?? true;
      if (!known) write([...others(id), [id, { value, replaces: [...replaces, value] }]]);
    },
    forget: (id) => write(others(id)),
  };
}

// Saves the answers to some items and tells a view what becomes of them.
//
// The view has these functions:
//   turned(id, { mark, clock, message, elsewhere })  the answer is now open, saving, saved or
//                                                    unsaved; elsewhere: it has just been adopted
//   confirmed(id, value, feedback)  the kernel has stored this value
//   adopted(id, value, feedback)    it was answered elsewhere: in another view, tab or kernel
//   stopped()                       the kernel has ended or was restarted
//   busy(id)                        whether nothing may be adopted just now (may be left out)
export function saver({ model, words, ids, view }) {
  const store = unsavedStore(model.get("store_key"));
  // Two tabs on one kernel both hear every reply.
  const sender = Math.random().toString(36).slice(2);
  let lastSeq = 0;
  let revision = model.get("revision"); // the newest that is known of
  const ahead = new Map(); // what is saved, by item, while the model still shows an older revision
  const saved = (id) => (ahead.has(id) ? ahead.get(id) : (model.get("answers")[id]?.value ?? null));
  // What was sent, by seq, until the kernel answers.
  const fresh = (id) => ({ value: saved(id), mark: "open", message: "", sent: new Map() });
  const states = new Map(ids.map((id) => [id, fresh(id)]));
  const ended = new AbortController();
  let stopped = false;

  function turn(id, mark, { message = "", clock = "", elsewhere = false } = {}) {
    const state = states.get(id);
    clearTimeout(state.silence);
    // Said once: it would be read out again at every pause in typing.
    if (mark === "unsaved" && state.mark === mark && state.message === message) return;
    Object.assign(state, { mark, message });
    view.turned(id, { mark, clock, message, elsewhere });
  }

  function hold(id, value) {
    const state = states.get(id);
    clearTimeout(state.pause);
    // A new number, so that a reply to what this overtakes is not taken for its own.
    Object.assign(state, { value, seq: ++lastSeq, pause: null });
    store.keep(id, value, saved(id));
    if (stopped) turn(id, "unsaved", { message: words.kept });
    else if (state.message !== words.silent) turn(id, "saving"); // who was silent still is
    return state;
  }

  function submit(id, value) {
    const state = hold(id, value);
    if (stopped) return;
    clearTimeout(state.silence);
    state.silence = setTimeout(() => turn(id, "unsaved", { message: words.silent }), SILENCE);
    state.sent.set(state.seq, value);
    store.sent(id);
    try {
      model.send({ kind: "answer", sender, seq: state.seq, item: id, value });
    } catch {
      turn(id, "unsaved", { message: words.silent });
    }
  }

  // Takes what is being typed; it is sent at the next pause, or by flush.
  function draft(id, value) {
    if (same(value, states.get(id).value)) return;
    const state = hold(id, value);
    if (!stopped) state.pause = setTimeout(() => submit(id, value), PAUSE);
  }

  function flush() {
    for (const [id, { pause, value }] of states) if (pause) submit(id, value);
  }

  function receive(reply) {
    const state = states.get(reply.item);
    if (reply.sender !== sender || !state?.sent.has(reply.seq)) return;
    const value = state.sent.get(reply.seq);
    state.sent.delete(reply.seq);
    if (reply.kind === "saved" && reply.revision > model.get("revision")) {
      revision = Math.max(revision, reply.revision);
      ahead.set(reply.item, value);
    }
    if (state.seq !== reply.seq) return; // overtaken by a newer answer
    if (reply.kind === "refused") return turn(reply.item, "unsaved", { message: reply.message });
    store.forget(reply.item);
    turn(reply.item, "saved", { clock: localClock(reply.at) });
    view.confirmed(reply.item, state.value, reply.feedback);
  }

  function adopt() {
    if (model.get("revision") < revision) return; // a newer one is on its way
    revision = model.get("revision");
    ahead.clear();
    for (const [id, state] of states) {
      const value = saved(id);
      if (["saving", "unsaved"].includes(state.mark) || same(value, state.value)) continue;
      if (view.busy?.(id)) continue;
      state.value = value;
      view.adopted(id, value, model.get("feedback")[id] ?? null);
      turn(id, "open", { elsewhere: true });
    }
  }

  // The widget manager triggers this when the kernel ends or is restarted.
  function stop() {
    stopped = true;
    view.stopped();
    for (const [id, { mark }] of states) {
      if (mark === "saving") turn(id, "unsaved", { message: words.kept });
    }
  }

  // Sends what an earlier view could not save; `offers` tells whether an item still takes a value.
  function resend(offers) {
    for (const [id, { value, replaces }] of store.read()) {
      if (!states.has(id) || !offers(id, value)) continue; // the lesson has changed meanwhile
      if (!replaces?.some((one) => same(saved(id), one))) {
        store.forget(id); // answered anew meanwhile, in another tab or on another machine
        continue;
      }
      view.adopted(id, value, null);
      submit(id, value);
    }
  }

  function close() {
    flush();
    ended.abort();
    for (const { silence } of states.values()) clearTimeout(silence);
  }

  // What is registered with model.on, anywidget takes off by itself.
  model.on("msg:custom", receive);
  model.on("change:revision", adopt);
  model.on("comm_live_update", stop);

  // The page may never be seen again.
  const { signal } = ended;
  document.addEventListener("visibilitychange", () => document.hidden && flush(), { signal });
  window.addEventListener("pagehide", flush, { signal });

  const count = (mark) => [...states.values()].filter((state) => state.mark === mark).length;
  return { submit, draft, flush, adopt, resend, saved, count, close };
}
