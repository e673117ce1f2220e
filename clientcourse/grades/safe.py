"""Lets texts of strangers be texts in every spreadsheet: names, e-mail addresses, titles.

In a spreadsheet a text that begins like a formula is one, and a formula can send what else is in
the sheet to a stranger or start a program:
https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re

# Control characters, which Excel refuses and terminals obey; line ends; marks that turn the
# direction of writing round; halves of characters and what is none at all.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufffe\uffff]"
)
# Where a cell begins: also behind a separator, as Excel splits a file at semicolons in many
# countries, whatever stands in quotation marks. Full-width signs count, too: where people write
# with such, spreadsheets take them for the others.
_FORMULA = re.compile(r"(?:^|(?<=[;,]))(?=[\s'\"]*[=+\-@＝＋－＠])")


def visible(text: str) -> str:
    r"""Return a text in one line, in which everything can be seen, such as `\t` for a tab."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def harmless(text: str) -> str:
    """Return a text as it can stand in a CSV file: a formula gets an apostrophe before it.

    Examples
    --------
    >>> harmless("=1+1")
    "'=1+1"
    >>> harmless("Anna-Maria")
    'Anna-Maria'
    """
    return _FORMULA.sub("'", visible(text))
