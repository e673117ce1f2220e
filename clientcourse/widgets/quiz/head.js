import { fill, h } from "../shared/dom.js";

export function quizHead(quiz, words, uid) {
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
