"""Makes this folder an nbgrader course that grades with clientcourse."""

from pathlib import Path

from clientcourse.grading.config import configure

configure(get_config(), Path(__file__).parent.resolve())  # type: ignore[name-defined]  # noqa: F821
