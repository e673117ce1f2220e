// What a trainee knows before the conversation: its kind, the situation, and the client's state.
import { fill, h } from "../shared/dom.js";
import { face } from "./face.js";

export function scenarioHead({ scenario, words, uid }) {
  const portrait = h("span", { class: "cs-portrait" });
  const mood = h("span", { class: "cs-mood" });
  const graded = scenario.use === "graded";
  const use = graded ? words[`graded_${scenario.counts}`] : words.practice;
  const kind = h("p", { class: "cs-kind" }, use);
  if (graded) {
    const points = scenario.points === 1 ? words.point : words.points;
    kind.append(h("span", { class: "cs-points" }, fill(points, { n: scenario.points })));
  }
  const title = { class: "cs-title", id: `${uid}-title`, role: "heading", "aria-level": "3" };
  const head = h(
    "div",
    { class: "cs-head" },
    kind,
    h("div", title, scenario.title),
    h("p", { class: "cs-setting", html: scenario.setting }),
    h(
      "div",
      { class: "cs-client" },
      portrait,
      h(
        "div",
        {},
        h("p", { class: "cs-name" }, h("strong", {}, scenario.client), mood),
        h("p", { class: "cs-about", html: scenario.about }),
      ),
    ),
  );

  function showMood(now) {
    if (portrait.dataset.mood === now) return;
    portrait.dataset.mood = mood.dataset.mood = now;
    portrait.replaceChildren(h("span", { html: face(now, scenario.id) }));
    mood.textContent = words[now];
  }
  return { head, showMood };
}
