"""The Markdown of a sentence becomes HTML that can hold nothing else."""

import pytest

from clientcourse.markup import inline, plain


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**先**听，再*解决*", "<strong>先</strong>听，再<em>解决</em>"),
        ("the column `gap_days`", "the column <code>gap_days</code>"),
        ("3 * 4 < 5 * 6", "3 * 4 &lt; 5 * 6"),
    ],
)
def test_marks_become_elements(text: str, html: str) -> None:
    assert inline(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[text](javascript:alert(1))",
        "![x](https://example.com/x.png)",
        "`</code><img src=x onerror=alert(1)>`",
        "<https://example.com>",
    ],
)
def test_nothing_else_becomes_an_element(text: str) -> None:
    assert "<" not in inline(text).replace("<code>", "").replace("</code>", "")


def test_plain_drops_the_marks_and_keeps_the_words() -> None:
    assert plain("**先**听，再看 `gap_days` < *30*") == "先听，再看 gap_days < 30"
