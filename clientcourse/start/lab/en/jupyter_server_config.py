"""Configures a trainee's server; Jupyter reads this file."""

from clientcourse.start import configure

configure(get_config(), "en")  # type: ignore[name-defined]  # noqa: F821
