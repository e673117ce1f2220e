"""An interactive Jupyter course for client managers."""

from clientcourse.lesson import Lesson

__all__ = ["Lesson"]
