// The browser's half of the progress widget (progress.py is the other): a list of what there is to
// do in a lesson, each entry with a way to its cell.
import { button, fill, h } from "../shared/dom.js";
import { jumpTo } from "../shared/jump.js";
import { ownThePlainKeys } from "../shared/keys.js";
import { wear } from "../shared/wear.js";
import PROGRESS_SHEET from "./progress.css";

// The code cell of this notebook in which a call stands.
function cellWith(call, notebook) {
  const cells = [...(notebook ?? document).querySelectorAll(".jp-CodeCell")];
  return cells.find((cell) => cell.querySelector(".jp-InputArea")?.textContent.includes(call));
}

function entry(row, { words, lost }) {
  const done = row.done === row.total;
  const line = fill(words.line, { done: row.done, total: row.total });
  const go = button("cc-go", row.title, {
    "aria-label": fill(words.go, { title: row.title }),
    onclick: async (event) => {
      const notebook = event.target.closest(".jp-Notebook");
      if (!(await jumpTo(() => cellWith(row.call, notebook)))) lost();
    },
  });
  return h(
    "li",
    { class: "cc-entry", "data-done": String(done) },
    h("span", { class: "cc-tick", "aria-hidden": "true" }, done ? "✓" : "○"),
    go,
    h("span", { class: "cc-what" }, row.kind),
    h("span", { class: "cc-count" }, line),
  );
}

function render({ model, el }) {
  const words = model.get("words");
  const ended = new AbortController();
  const list = h("ol", { class: "cc-entries" });
  const sum = h("p", { class: "cc-sum", role: "status" });
  const lost = () => (sum.textContent = words.lost);

  function refresh() {
    const rows = model.get("rows");
    const open = rows.filter(({ done, total }) => done < total).length;
    // Whoever is on an entry with the keyboard stays on it.
    const at = [...list.children].findIndex((line) => line.contains(document.activeElement));
    list.replaceChildren(...rows.map((row) => entry(row, { words, lost })));
    if (at >= 0) list.children[at]?.querySelector("button").focus();
    sum.textContent = open ? fill(words.open, { n: open }) : words["all-done"];
  }

  wear(PROGRESS_SHEET);
  el.classList.add("cc-widget", "cc-progress-list");
  el.lang = model.get("language") === "zh" ? "zh-CN" : "en";
  el.setAttribute("role", "region");
  el.setAttribute("aria-label", words.title);
  el.replaceChildren(h("div", { class: "cc-title", "aria-hidden": "true" }, words.title), sum, list);
  ownThePlainKeys(el, ended.signal);
  model.on("change:rows", refresh);
  refresh();
  return () => ended.abort();
}

export default { render };
