// The way through a scenario, as plain data: no DOM here.

// Returns what a path of reply ids brings about: the lines spoken so far, the client's mood, and
// the node whose choices are open or the ending that was reached; null if the path leads nowhere.
export function walk(scenario, path) {
  const { moods, nodes, endings } = scenario;
  const lines = [];
  let place = scenario.start;
  let rank = moods.indexOf(scenario.mood);
  const arrive = () => lines.push(...clientLines(nodes[place] ?? endings[place], moods[rank]));
  arrive();
  for (const id of path) {
    const reply = nodes[place]?.choices.find((choice) => choice.id === id);
    if (!reply) return null;
    lines.push({ who: "you", html: reply.text });
    place = reply.goto;
    rank = Math.min(Math.max(rank + reply.mood, 0), moods.length - 1);
    arrive();
  }
  return {
    lines,
    mood: moods[rank],
    node: nodes[place] ?? null,
    ending: endings[place] ?? null,
  };
}

// Parentheses at the beginning tell what happens; nobody says it.
function clientLines(place, mood) {
  const html = place.says_if?.[mood] ?? place.says;
  const [, staged, spoken] = /^(（[^（）]*）|\([^()]*\)|)\s*(.*)$/s.exec(html);
  return [
    { who: "stage", html: staged },
    { who: "client", mood, html: spoken },
  ].filter((line) => line.html);
}

// Tells whether a value is one that this scenario can have: only the last attempt is unfinished.
export function fits(scenario, value) {
  const attempts = value?.attempts;
  if (!Array.isArray(attempts) || !attempts.length || attempts.length > scenario.most) return false;
  return attempts.every((path, index) => {
    const reached = Array.isArray(path) && walk(scenario, path);
    return Boolean(reached && (reached.ending || index === attempts.length - 1));
  });
}
