"""The little Markdown that authors may use inside a sentence: emphasis, strong and code."""

from __future__ import annotations

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("zero").enable(["emphasis", "backticks"])


def inline(text: str) -> str:
    """Return a sentence as HTML, with emphasis, strong and code; everything else is escaped.

    Parameters
    ----------
    text
        Markdown of one paragraph.

    Returns
    -------
    str
        HTML with no other element than `em`, `strong` and `code`.

    Examples
    --------
    >>> inline("**First** listen, then <solve>.")
    '<strong>First</strong> listen, then &lt;solve&gt;.'
    """
    html: str = _MARKDOWN.renderInline(text)
    return html


def plain(text: str) -> str:
    """Return a sentence without its Markdown marks.

    Parameters
    ----------
    text
        Markdown of one paragraph.

    Returns
    -------
    str
        The words alone; not escaped, so not to be used as HTML.

    Examples
    --------
    >>> plain("**First** listen, then <solve>.")
    'First listen, then <solve>.'
    """
    return "".join(
        child.content for token in _MARKDOWN.parseInline(text) for child in token.children or []
    )
