// Where the three meters stand, shown in practice.
import { fill, h } from "../shared/dom.js";

export const METERS = ["outcome", "respect", "process"];
export const percent = (share) => Math.round(100 * share);

export function meterBoard({ words }) {
  const rows = METERS.map((name) => {
    const fillings = h("span");
    const value = h("span", { class: "cs-value" });
    const row = h(
      "div",
      { class: "cs-meter", "data-meter": name },
      h("span", { class: "cs-label" }, `${words[name]} `),
      value,
      h("span", { class: "cs-track", "aria-hidden": "true" }, fillings),
    );
    return { name, row, value, fillings, last: null };
  });
  const label = { class: "cs-meters", role: "group", "aria-label": words.meters };
  const board = h("div", label, ...rows.map(({ row }) => row));

  // `meters` is null while nothing has been said yet.
  function show(meters) {
    for (const row of rows) {
      const now = meters && percent(meters[row.name].value);
      const moved = row.last === null || now === null ? 0 : now - row.last;
      row.last = now;
      row.fillings.style.width = `${now ?? 0}%`;
      row.value.replaceChildren(now === null ? "–" : fill(words.percent, { n: now }));
      row.row.dataset.moved = Math.sign(moved);
    }
  }
  const spoken = () => rows.map(({ row }) => row.textContent).join(`${words.comma} `);
  return { board, show, spoken };
}
