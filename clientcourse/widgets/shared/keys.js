// JupyterLab and Notebook listen on the document before the widget can, and in command mode would
// take arrows, Enter, "a", "b", "d d" … for themselves. This attribute is their own way to be told
// not to; it must be on the very element that has the focus, where they begin to look. Ctrl/Cmd
// shortcuts and Shift+Enter stay theirs: saving and running must work from here, too. In a text of
// several lines Shift+Enter is a new line, as in a chat; what is typed after it would be commands.
export function ownThePlainKeys(root, signal) {
  const mark = "data-lm-suppress-shortcuts";
  const runs = ({ shiftKey, key, target }) =>
    shiftKey && key === "Enter" && target.localName !== "textarea";
  const decide = (event) => {
    const theirs = event.ctrlKey || event.metaKey || runs(event);
    if (root.contains(event.target)) event.target.toggleAttribute(mark, !theirs);
  };
  const keep = (event) => event.target.hasAttribute(mark) && event.stopPropagation();
  window.addEventListener("keydown", decide, { capture: true, signal });
  root.addEventListener("keydown", keep, { signal });
}
