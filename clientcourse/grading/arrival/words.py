"""What grading on arrival says in its log, in the language of the course."""

from __future__ import annotations

import logging
import sys

from clientcourse.grading.safe import safe_words
from clientcourse.language import Language, Text

_WORDS = {
    "watching": Text(
        zh="正在守候 {inbound}；反馈写好后发还学员。",
        en="Watching {inbound}; feedback is released.",
    ),
    "watching-only": Text(
        zh="正在守候 {inbound}；反馈只写好，不发还。",
        en="Watching {inbound}; feedback is written, not released.",
    ),
    "stopped": Text(zh="已停止。", en="Stopped."),
    "gradebook": Text(
        zh="现在读不了成绩册，稍后再试：{why}",
        en="The gradebook cannot be read now, which is tried again: {why}",
    ),
    "refused": Text(
        zh="inbound 里的 {name} 不予收取：{why}。",
        en="{name} in inbound is refused: {why}.",
    ),
    "not-whole": Text(
        zh="inbound 里的 {name} 不完整，尚未收取：没有时间、密钥，或者提交还没有结束。",
        en="{name} in inbound is not whole and not collected: it lacks its time stamp or its "
        "secret, or nbgrader's submit did not come to its end.",
    ),
    "collected": Text(
        zh="{trainee}，{module}：已收取，{seconds:.1f} 秒",
        en="{trainee}, {module}: collected, {seconds:.1f} s",
    ),
    "left-out": Text(
        zh="{trainee}，{module}：以下不是学员自己的普通文件，没有收取：{names}",
        en="{trainee}, {module}: not collected, as it is no ordinary file of the trainee's or too "
        "large: {names}",
    ),
    "graded": Text(
        zh="{trainee}，{module}：已评分，{points:g} / {max_points:g}，{seconds:.1f} 秒",
        en="{trainee}, {module}: graded, {points:g} of {max_points:g}, {seconds:.1f} s",
    ),
    "graded-waiting": Text(
        zh="{trainee}，{module}：已评分，{points:g} / {max_points:g}，还有文字题等人批改，"
        "{seconds:.1f} 秒",
        en="{trainee}, {module}: graded, {points:g} of {max_points:g}, and a person has to mark "
        "what is in words, {seconds:.1f} s",
    ),
    "written": Text(
        zh="{trainee}，{module}：反馈已写好，{seconds:.1f} 秒",
        en="{trainee}, {module}: feedback written, {seconds:.1f} s",
    ),
    "released": Text(
        zh="{trainee}，{module}：反馈已发还，{seconds:.1f} 秒",
        en="{trainee}, {module}: feedback released, {seconds:.1f} s",
    ),
    "no-secret": Text(
        zh="{trainee}，{module}：提交里没有 submission_secret.txt，反馈已写好，但无法发还。",
        en="{trainee}, {module}: handed in without a submission_secret.txt; feedback is written "
        "but cannot be released.",
    ),
    "failed": Text(
        zh="{trainee}，{module}：没有完成。{why} 稍后再试。",
        en="{trainee}, {module}: not done. {why} It is tried again later.",
    ),
    "died": Text(zh="评分进程中途结束了。", en="Its process has died."),
}

_log = logging.getLogger(__name__)


class Log:
    """Says what happens, a line for each event.

    Parameters
    ----------
    language
        Of the course.
    """

    def __init__(self, language: Language) -> None:
        self._language = language

    def say(self, event: str, **about: object) -> None:
        """Say what has happened."""
        known = {
            name: safe_words(self.text(value)) if isinstance(value, str | Text) else value
            for name, value in about.items()
        }
        _log.info(_WORDS[event][self._language].format(**known))

    def text(self, words: str | Text) -> str:
        """Return words in the language of the course."""
        return words if isinstance(words, str) else words[self._language]

    def word(self, name: str) -> str:
        """Return one of the log's own phrases."""
        return _WORDS[name][self._language]


def log_to_stdout() -> None:
    """Write this package's log, warnings from grading among it, to standard output line by line."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    ours = logging.getLogger("clientcourse")
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
