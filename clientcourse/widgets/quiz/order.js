// order: steps that are dragged, nudged or moved by keyboard, and some of them left out.
import { button, fill, h, same } from "../shared/dom.js";
import { reasonBox, showReason } from "./reasons.js";

export function orderQuestion({ item, name, words, practice, changed, commit, announce }) {
  const { leave_out: choosy } = item;
  const list = h("ol", { class: "cc-steps" });
  // One list holds both zones, so that a row only ever changes places with its neighbour.
  const empty = h("span", { class: "cc-tray-empty" }, words.tray_empty);
  const tray = h("li", { class: "cc-tray" }, h("span", { class: "cc-zone" }, words.tray), empty);
  const done = button("cc-button", practice ? words.check : words.keep_order, { onclick: accept });
  const rows = item.choices.map(stepRow);
  let lifted = null; // { row, before }: the row that the keyboard has picked up

  const lines = () => [...list.children];
  const ordered = () => lines().filter((line) => line !== tray).map(partsOf);
  const kept = () => (choosy ? lines().slice(0, lines().indexOf(tray)) : lines()).map(partsOf);
  const partsOf = (row) => rows.find((parts) => parts.row === row);
  const value = () => kept().map(({ id }) => id);
  const place = (row) => kept().indexOf(partsOf(row)) + 1;
  const isLeftOut = (row) => place(row) === 0;
  const standing = (row) => ({ value: value(), line: lines().indexOf(row) });

  // Says what became of a row; what is left out has no position to be named.
  function tell(what, row) {
    const sentence = words[isLeftOut(row) ? `${what}_out` : what];
    announce(fill(sentence, { n: place(row), all: kept().length }));
  }

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
    const away = button("cc-away", "", { hidden: !choosy, onclick: () => moveAway(row) });
    const line = h("div", { class: "cc-step-line" }, grip, number, step, up, down, away);
    const onpointerdown = (event) => startDrag(event, row);
    const row = h("li", { class: "cc-step", onpointerdown }, line, why);
    return { id, row, why, grip, number, up, down, away, step: step.textContent };
  }

  function show(given) {
    const ids = given ?? item.choices.map(({ id }) => id);
    const rest = rows.filter(({ id }) => !ids.includes(id)).map(({ row }) => row);
    list.append(...ids.map((id) => rows.find((parts) => parts.id === id).row));
    if (choosy) list.append(tray, ...rest);
    done.hidden = !practice && given !== null;
    renumber();
  }

  function renumber() {
    const all = kept().length;
    for (const { row, number, grip, up, down, away, step } of ordered()) {
      const [n, out] = [place(row), isLeftOut(row)];
      row.toggleAttribute("data-out", out);
      number.textContent = out ? "–" : n;
      grip.setAttribute("aria-label", fill(out ? words.row_out : words.row, { n, all, step }));
      up.setAttribute("aria-label", fill(words.up, { step }));
      down.setAttribute("aria-label", fill(words.down, { step }));
      away.textContent = out ? words.take_back : words.leave_out;
      away.setAttribute("aria-label", fill(out ? words.take_step : words.leave_step, { step }));
      up.hidden = down.hidden = out;
      // Not `disabled`, which would throw the keyboard focus away when a row arrives at an end.
      up.setAttribute("aria-disabled", n === 1);
      down.setAttribute("aria-disabled", n === all);
      away.setAttribute("aria-disabled", !out && all === 1);
    }
    empty.hidden = all < rows.length;
  }

  // Moves the neighbour, not the row, so that the row keeps focus and pointer.
  function move(row, by) {
    const neighbour = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!neighbour) return false;
    if (neighbour === tray && by > 0 && kept().length === 1) return false; // one has to stay
    if (by < 0) row.after(neighbour);
    else row.before(neighbour);
    renumber();
    changed();
    return true;
  }

  function putBack(row, before) {
    const way = () => before.line - lines().indexOf(row);
    while (way()) move(row, way());
  }

  function accept() {
    commit(value());
    if (practice) return;
    if (document.activeElement === done) ordered()[0].grip.focus(); // or focus is gone with it
    done.hidden = true;
  }

  function settle(before) {
    if (!practice && !same(before.value, value())) accept();
  }

  function nudge(row, by) {
    const before = standing(row);
    const neighbour = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (neighbour === tray || !move(row, by)) return; // leaving out has a button of its own
    tell("moved", row);
    settle(before);
  }

  function moveAway(row) {
    const before = standing(row);
    const out = isLeftOut(row);
    while (isLeftOut(row) === out) {
      if (!move(row, out ? -1 : 1)) return announce(words.keep_one);
    }
    tell("moved", row);
    settle(before);
  }

  function toggleLift(row) {
    if (lifted) return drop();
    lifted = { row, before: standing(row) };
    row.classList.add("cc-lifted");
    tell("lifted", row);
  }

  function setDown(what) {
    const { row, before } = lifted;
    lifted = null;
    row.classList.remove("cc-lifted");
    if (what === "cancelled") putBack(row, before);
    tell(what, row);
    settle(before);
  }

  function drop() {
    if (lifted) setDown("dropped");
  }

  function onGripKey(event, row) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by && lifted && move(row, by)) tell("moved", row);
    else if (by && !lifted && event.altKey) nudge(row, by);
    else if (by && !lifted) ordered()[ordered().indexOf(partsOf(row)) + by]?.grip.focus();
    else if (event.key === "Escape" && lifted) setDown("cancelled");
    if (by) event.preventDefault(); // no scrolling
  }

  // Pointer events, not HTML drag and drop, which JupyterLab uses for its cells. A finger drags
  // by the grip only, so that it can scroll the page everywhere else.
  function startDrag(event, row) {
    const held = (selector) => event.target.closest(selector);
    if (event.button !== 0 || held(".cc-nudge, .cc-away")) return;
    if (event.pointerType === "touch" && !held(".cc-grip")) return;
    const before = standing(row);
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
        const moved = move(row, by);
        origin += row.offsetTop - top;
        return moved;
      };
      const [above, below] = [() => row.previousElementSibling, () => row.nextElementSibling];
      while (above() && shifted() < middle(above()) && pass(-1));
      while (below() && shifted() > middle(below()) && pass(1));
      row.style.transform = `translateY(${height(at) - origin}px)`;
    }

    function end(kept) {
      dragged.abort();
      row.style.transform = "";
      row.classList.remove("cc-dragged");
      if (!kept) return putBack(row, before);
      if (!same(before.value, value())) tell("moved", row);
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
      const told = feedback?.choices?.[id];
      const label = told && judged(row, told, feedback.order.indexOf(id) + 1);
      showReason(row, why, told, { label, words });
    }
  }

  function judged(row, { right }, n) {
    if (right) return isLeftOut(row) ? words.right_out : words.right_place;
    return n ? fill(words.wrong_place, { n }) : words.wrong_in;
  }

  function offers(given) {
    const ids = rows.map(({ id }) => id);
    const fits = () => given.length && given.every((id) => ids.includes(id));
    return given === null || (fits() && (choosy || given.length === ids.length));
  }

  const zone = h("p", { class: "cc-zone", hidden: !choosy }, words.kept);
  const body = h("div", { class: "cc-order" }, zone, list);
  return { hint: words.order_hint, body, action: done, value, show, offers, showFeedback };
}
