// match: every prompt gets one of the targets, by a menu or by bringing the target there.
import { button, h } from "../shared/dom.js";
import { reasonBox, showReason } from "./reasons.js";

const FAR = 5; // px that make a drag of a click

export function matchQuestion({ item, name, words, practice, changed, commit }) {
  const targets = item.choices.map(({ id, text }, index) => {
    const letter = String.fromCharCode(65 + index);
    const shown = h("span", { class: "cc-text", html: text });
    const dots = h("span", { class: "cc-dots" });
    const grip = h("span", { class: "cc-grip", "aria-hidden": "true" }, dots);
    const chip = h(
      "li",
      {
        class: "cc-chip",
        onpointerdown: (event) => startDrag(event, target),
        onclick: () => dragged || pick(target === picked ? null : target),
      },
      grip,
      h("span", { class: "cc-letter" }, letter),
      shown,
    );
    const target = { id, text, letter, chip, option: `${letter}. ${shown.textContent}` };
    return target;
  });
  const rows = item.prompts.map(promptRow);
  const check = button("cc-button", words.check, {
    hidden: !practice,
    onclick: () => commit(value()),
  });
  let picked = null; // the target that was clicked and goes to the row that is clicked next
  let dragged = false; // whether the pointer has carried a target, so that its click means nothing

  function promptRow({ id, text }) {
    const why = reasonBox(`${name}-${id}`);
    const prompt = h("span", { class: "cc-prompt", id: `${name}-${id}-prompt`, html: text });
    const open = h("option", { value: "" }, words.choose);
    const options = targets.map((target) => h("option", { value: target.id }, target.option));
    const select = h(
      "select",
      {
        class: "cc-field",
        "aria-labelledby": prompt.id,
        "aria-describedby": why.id,
        onchange: onChange,
      },
      open,
      ...options,
    );
    const line = h("div", { class: "cc-match-line" }, prompt, select);
    const onclick = () => picked && bring(picked, row);
    const row = h("li", { class: "cc-match-row", onclick }, line, why);
    return { id, row, select, why };
  }

  function value() {
    const matched = rows.filter(({ select }) => select.value);
    if (!matched.length) return null;
    return Object.fromEntries(matched.map(({ id, select }) => [id, select.value]));
  }

  function show(given) {
    for (const { id, select } of rows) {
      select.value = given?.[id] ?? "";
      select.toggleAttribute("data-open", !select.value);
    }
    check.disabled = given === null;
  }

  function onChange() {
    for (const { select } of rows) select.toggleAttribute("data-open", !select.value);
    check.disabled = value() === null;
    changed();
    if (!practice) commit(value());
  }

  function pick(target) {
    picked = target;
    for (const { chip } of targets) chip.toggleAttribute("data-picked", chip === target?.chip);
    body.toggleAttribute("data-picking", Boolean(target));
  }

  function bring(target, row) {
    pick(null);
    const { select } = rows.find((parts) => parts.row === row);
    if (select.value === target.id) return;
    select.value = target.id;
    onChange();
  }

  // Pointer events, as in order.js; here, too, a finger drags by the grip only.
  function startDrag(event, target) {
    const { chip } = target;
    dragged = false;
    if (event.button !== 0) return;
    if (event.pointerType === "touch" && !event.target.closest(".cc-grip")) return;
    const drag = new AbortController();
    const { signal } = drag;
    // Counted from the list, so that scrolling meanwhile does no harm.
    const point = (at) => {
      const box = list.getBoundingClientRect();
      return { x: at.clientX - box.left, y: at.clientY - box.top };
    };
    const origin = point(event);
    let over = null;

    function rowAt({ clientX, clientY }) {
      const holds = ({ left, right, top, bottom }) =>
        clientX > left && clientX < right && clientY > top && clientY < bottom;
      return rows.find(({ row }) => holds(row.getBoundingClientRect()))?.row ?? null;
    }

    function follow(at) {
      const [x, y] = [point(at).x - origin.x, point(at).y - origin.y];
      if (!dragged && Math.hypot(x, y) < FAR) return;
      dragged = true;
      chip.classList.add("cc-dragged");
      chip.style.transform = `translate(${x}px, ${y}px)`;
      over = rowAt(at);
      for (const { row } of rows) row.toggleAttribute("data-over", row === over);
    }

    function end(kept) {
      drag.abort();
      chip.style.transform = "";
      chip.classList.remove("cc-dragged");
      over?.removeAttribute("data-over");
      if (kept && over) bring(target, over);
    }

    chip.setPointerCapture(event.pointerId);
    chip.addEventListener("pointermove", follow, { signal });
    chip.addEventListener("pointerup", () => end(true), { signal });
    chip.addEventListener("pointercancel", () => end(false), { signal });
  }

  function showFeedback(feedback) {
    for (const { id, row, why } of rows) {
      const told = feedback?.parts?.[id];
      const label = told?.right ? words.right : words.wrong;
      showReason(row, why, told, { label, expected: lettered(told?.expected), words });
    }
  }

  function lettered(expected) {
    const target = targets.find(({ text }) => text === expected);
    return target ? `${target.letter}. ${expected}` : expected;
  }

  function offers(given) {
    const has = (list, id) => list.some((one) => one.id === id);
    const fits = ([prompt, target]) => has(rows, prompt) && has(targets, target);
    return given === null || Object.entries(given).every(fits);
  }

  const list = h("ul", { class: "cc-chips" }, ...targets.map(({ chip }) => chip));
  const prompts = h("ul", { class: "cc-match-rows" }, ...rows.map(({ row }) => row));
  const body = h("div", { class: "cc-match" }, list, prompts);
  return { hint: words.match_hint, body, action: check, value, show, offers, showFeedback };
}
