// The client's face: drawn here, so that it belongs to nobody, and large enough in its frame that
// its expression can be read beside a line of text. The mood is also always written beside it.

const INK = "#33292a";
const SKIN = "#f3c8a3";
const HAIR = "#54423d";
const BACKDROP = { angry: "#ef9f8c", upset: "#f3d28a", calm: "#a9cfe6", warm: "#b3dcae" };

const BROWS = {
  angry: "M27 40.5 41 46.5M69 40.5 55 46.5",
  upset: "M27.5 43.5Q33 38 40.5 38M68.5 43.5Q63 38 55.5 38",
  calm: "M28 41.5Q34 38 40.5 40.5M68 41.5Q62 38 55.5 40.5",
  warm: "M28 40Q34 34.5 41 38.5M68 40Q62 34.5 55 38.5",
};
const EYES = {
  angry: { cy: 50.5, ry: 3.4 },
  upset: { cy: 49.5, ry: 4 },
  calm: { cy: 49.5, ry: 4 },
};
const MOUTH = {
  angry: '<path d="M38 71.5Q48 61 58 71.5"/>',
  upset: '<path d="M39.5 69.5q4.2-5 8.5-1.5t8.5-1.5"/>',
  calm: '<path d="M40 66Q48 71.5 56 66"/>',
  warm: '<path fill="#8e3b36" d="M36 63.5H60Q58.5 76 48 76T36 63.5Z"/>'
    + '<path fill="#fff" stroke="none" d="M39 64.8H57L56 68.5H40Z"/>',
};
const CHEEKS = { angry: "#dd5a3f", upset: "#e9a07c", calm: "#eda084", warm: "#ec7f6c" };
const SIGN = {
  angry: '<path stroke="#a8281b" d="M76 12q1 7-6 8M84 17q-7 1-8 8M85 27q-6-2-6 5"/>',
  upset: '<path fill="#5aa7d6" stroke="none" d="M75.5 36q6.5 9 0 12.5q-6.5-3.5 0-12.5Z"/>',
  calm: "",
  warm: "",
};

const pair = (shape) => `${shape}<g transform="matrix(-1 0 0 1 96 0)">${shape}</g>`;

function eyes(mood) {
  if (mood === "warm") return pair('<path d="M29 51.5Q34.5 44.5 40 51.5"/>');
  const { cy, ry } = EYES[mood];
  const eye = `<ellipse cx="34.5" cy="${cy}" rx="3.3" ry="${ry}"/>`;
  return `<g class="cs-eyes" fill="${INK}" stroke="none">${pair(eye)}</g>`;
}

// Clothes differ from client to client; the same client always wears the same.
function clothes(id) {
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  return `hsl(${hue} 36% 47%)`;
}

export function face(mood, id) {
  return `<svg viewBox="0 0 96 96" aria-hidden="true" focusable="false">
    <circle cx="48" cy="48" r="48" fill="${BACKDROP[mood]}"/>
    <path fill="${clothes(id)}" d="M20 87C26 80 36 78 48 78s22 2 28 9a48 48 0 0 1-56 0Z"/>
    <path fill="${HAIR}"
      d="M15.5 56C11 30 24 11 48.5 11S85 30 80.5 56Q80 64 76 64H20Q16 64 15.5 56Z"/>
    <path fill="${SKIN}" d="M19 47c0-13 11-22 29-22s29 9 29 22v8c0 17-12.5 29-29 29S19 72 19 55Z"/>
    <path fill="${HAIR}" d="M18.5 50C17 30 29 18 50 18s30 13 27.5 32C75 40 70 33.5 63 29.5
      52 36 33 37 25 34 21 38 19 43 18.5 50Z"/>
    <g fill="${CHEEKS[mood]}" opacity=".5">${pair('<circle cx="28" cy="60" r="5.5"/>')}</g>
    <g class="cs-drawn">${SIGN[mood]}<path d="${BROWS[mood]}"/>${eyes(mood)}${MOUTH[mood]}</g>
  </svg>`;
}
