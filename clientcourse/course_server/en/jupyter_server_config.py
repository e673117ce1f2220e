"""Configures the course's own server; Jupyter reads this file."""

from clientcourse.start import LAB_EXTENSIONS

c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.LabApp.extra_labextensions_path = [str(LAB_EXTENSIONS)]
