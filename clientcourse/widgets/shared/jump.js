// Goes to another place in the notebook.
const STEP = 120; // ms that JupyterLab gets to show the cells of a new place
const AIMS = 4; // how often a target is aimed at, a step after each other

const moment = () => new Promise((done) => setTimeout(done, STEP));

// Scrolls to what find() returns, marks it for a moment and gives it the focus. A notebook that
// keeps only the cells in view in the document is searched page by page; without success it stays
// where it was. Tells whether there was a place to go to.
export async function jumpTo(find) {
  const target = find() ?? (await searchFor(find));
  if (!target) return false;
  await bringToTop(target);
  if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  const marked = "color-mix(in srgb, var(--jp-brand-color1, #1976d2) 28%, transparent)";
  target.animate({ backgroundColor: [marked, marked, "transparent"] }, 2500);
  return true;
}

// Cells get their true height only when they are shown: the target moves while one comes nearer.
async function bringToTop(target) {
  for (let aim = 0; aim < AIMS; aim += 1) {
    target.scrollIntoView({ block: "start", behavior: "instant" });
    await moment();
  }
}

// The heading with these words in the notebook that a node stands in.
export function findHeading(words, node) {
  const notebook = node.closest(".jp-NotebookPanel") ?? document;
  const headings = [...notebook.querySelectorAll("h1, h2, h3, h4, h5, h6")];
  return headings.find((heading) => wordsOf(heading) === words.trim()) ?? null;
}

// Without what JupyterLab puts into it: the anchor "¶" and the number.
function wordsOf(heading) {
  const copy = heading.cloneNode(true);
  for (const added of copy.querySelectorAll(".jp-InternalAnchorLink, .numbering-entry")) {
    added.remove();
  }
  return copy.textContent.replace(/¶\s*$/, "").replace(/\s+/g, " ").trim();
}

function scrollerInUse() {
  const scroller = ".jp-WindowedPanel-outer";
  const visible = (node) => node.clientHeight > 0;
  return (
    document.activeElement?.closest(scroller) ??
    [...document.querySelectorAll(scroller)].find(visible)
  );
}

async function searchFor(find) {
  const scroller = scrollerInUse();
  if (!scroller) return null;
  const asker = document.activeElement;
  const found = await leafThrough(scroller, find);
  if (found) return found;
  // Not by its height: heights have changed as cells were shown.
  await leafThrough(scroller, () => (asker.isConnected ? asker : null));
  asker.scrollIntoView({ block: "center" });
  asker.focus({ preventScroll: true });
  return null;
}

// Page by page from here upwards, where most of what is looked for stands, then downwards.
async function leafThrough(scroller, find) {
  const [start, page] = [scroller.scrollTop, scroller.clientHeight];
  const look = async (top) => {
    scroller.scrollTop = top;
    await moment();
    return find();
  };
  for (let top = start; top > 0; top -= page) {
    const found = await look(Math.max(top - page, 0));
    if (found) return found;
  }
  for (let top = start; top < scroller.scrollHeight - page; top += page) {
    const found = await look(top + page);
    if (found) return found;
  }
  return find();
}
