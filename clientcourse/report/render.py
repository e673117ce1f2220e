"""What all report pages have in common: their templates, numbers and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from plotly.offline import get_plotlyjs

from clientcourse.markup import inline
from clientcourse.pages import LANGUAGE_TAGS, style, templates
from clientcourse.report.words import WORDS

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from clientcourse.language import Language

_FOLDER = Path(__file__).parent / "templates"
_TEMPLATES = templates(_FOLDER)


COHORT = "index.html"
"""Where the page of the cohort lies in the folder of a report."""


def module_place(module: str) -> str:
    """Return where the page of a module lies."""
    return f"{module}.html"


def lesson_place(lesson: str) -> str:
    """Return where the page of a lesson lies."""
    return f"lessons/{lesson}.html"


@dataclass(frozen=True)
class Frame:
    """What all pages of one report share.

    Parameters
    ----------
    generated
        When it is made.
    switches
        Words and addresses of the same report in another form, such as another language; relative
        to the folder of the report, with `{page}` where the place of the page in it belongs.
    """

    language: Language
    generated: datetime
    switches: Sequence[tuple[str, str]] = ()

    @property
    def say(self) -> dict[str, str]:
        """The words of all pages, in its language."""
        return {name: text[self.language] for name, text in WORDS.items()}


def render(
    kind: str,
    frame: Frame,
    place: str,
    figures: Mapping[str, go.Figure],
    **content: Any,  # noqa: ANN401 - what the template asks for
) -> str:
    """Return a page that needs no network, as HTML.

    Parameters
    ----------
    kind
        Name of its template.
    place
        Where it lies in the folder of the report.
    figures
        By name; the Plotly library is in the page if there are any.
    content
        What the template says beside that.
    """
    return _TEMPLATES.get_template(f"{kind}.html.j2").render(
        lang=LANGUAGE_TAGS[frame.language],
        say=frame.say,
        kind=kind,
        generated=frame.generated,
        switches=[
            (name, "../" * place.count("/") + address.format(page=place))
            for name, address in frame.switches
        ],
        figures={name: _figure_html(name, figure) for name, figure in figures.items()},
        number=number,
        percent=percent,
        css=style(_FOLDER / "page.css"),
        plotlyjs=Markup(get_plotlyjs()) if figures else "",  # noqa: S704 - Plotly's own
        **content,
    )


def number(points: float) -> str:
    """Return a number with two decimals at most."""
    return f"{round(points, 2):g}"


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share in percent, a dash for none."""
    return "–" if share is None else f"{share:.{digits}%}"


def html(markdown: str) -> Markup:
    """Return a sentence of the course as HTML."""
    return Markup(inline(markdown))  # noqa: S704 - escaped but for emphasis, strong and code


def _figure_html(name: str, figure: go.Figure) -> Markup:
    made = figure.to_html(
        full_html=False,
        include_plotlyjs=False,  # once in the page's head
        include_mathjax=False,
        div_id=f"figure-{name}",
        config={"displayModeBar": False, "responsive": True, "plotlyServerURL": ""},
    )
    return Markup(made)  # noqa: S704 - Plotly escapes what it embeds
