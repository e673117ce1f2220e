"""What is said of regrading on the screen, in the language of the course."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from clientcourse.grading.batch.module import language_of, progress_on
from clientcourse.grading.regrade.change import Place
from clientcourse.grading.regrade.log import FILE
from clientcourse.grading.regrade.one import Regraded
from clientcourse.grading.regrade.table import notes, table
from clientcourse.grading.regrade.worth import Worth
from clientcourse.grading.safe import safe_words
from clientcourse.language import Text

_WORDS = {
    "regrading": Text(zh="重新评分 {module}", en="Regrading {module}"),
    "nobody": Text(zh="没有人的分数会变。", en="Nobody’s score changes."),
    "scores": Text(
        zh="评过分的 {graded} 人里，{number} 人的分数有变：{up} 人上升，{down} 人下降，"
        "{same} 人总分不变。",
        en="Scores that change: {number} of {graded}; {up} up, {down} down, {same} with the same "
        "total.",
    ),
    "feedback": Text(
        zh="反馈有变：{released} 份重新发还，{written} 份重新写好而不发还。",
        en="Feedback that changes: {released} released again, {written} written again only.",
    ),
    "resumed": Text(
        zh="上次中断、这次接着做完的有 {number} 份；上次已经改了什么，见 {file}。",
        en="Interrupted before and taken up again: {number}; what changed then is in {file}.",
    ),
    "not-graded": Text(
        zh="另有 {number} 份还没有评分，用 clientcourse grade 来评。",
        en="Not graded yet, and left to clientcourse grade: {number}.",
    ),
    "failed": Text(zh="{trainee}：没有完成。{failed}", en="{trainee}: not done. {failed}"),
    "dry": Text(
        zh="现在什么都没有改。确认要改，请运行：\n"
        "clientcourse regrade {module} --why “为什么改” --yes",
        en="Nothing is changed yet. To do it:\n"
        'clientcourse regrade {module} --why "what was wrong" --yes',
    ),
    "done": Text(zh="已改，记录在 {file}。", en="Done; the record is in {file}."),
    "again": Text(
        zh="已中断。改完的都算数；再运行一次，就会接着改其余的。",
        en="Interrupted. What is done stays so; run it again to go on with the rest.",
    ),
    "not-built": Text(
        zh="注意：source/ 和 course/ 不一致。参考答案改过的话，请先运行 clientcourse build。",
        en="Mind that source/ is not built from course/ as it is now. If a solution was corrected, "
        "run clientcourse build first.",
    ),
    "no-exchange": Text(
        zh="反馈要像平时那样另外重新写好、发还。{why}",
        en="Feedback has to be written and released again as you always do. {why}",
    ),
}


class Screen:
    """Standard output; a terminal gets a bar, and tables that fit it.

    Parameters
    ----------
    root
        The course's root folder.
    """

    def __init__(self, root: Path) -> None:
        self._language = language_of(root)
        console = Console()
        # Lines of a file are as long as need be.
        self._console = console if console.is_terminal else Console(width=10_000)

    def say(self, name: str, **about: object) -> None:
        """Say one of the sentences of this module."""
        self._print(_WORDS[name][self._language].format(**about))

    def _print(self, words: str) -> None:
        self._console.print(words, highlight=False, markup=False, soft_wrap=True)

    def following(self, found: Iterable[Regraded], module: str, most: int) -> Iterator[Regraded]:
        """Yield what becomes of one submission after the other, with a bar meanwhile."""
        try:
            with progress_on(self._console) as progress:
                title = _WORDS["regrading"][self._language].format(module=module)
                bar = progress.add_task(title, total=most)
                for one in found:
                    progress.update(bar, advance=1, refresh=True)
                    yield one
        except KeyboardInterrupt:
            self.say("again")
            raise

    def show(
        self,
        found: Sequence[Regraded],
        graded: int,
        parts: Mapping[Place, Worth],
        released: Mapping[Place, float],
    ) -> None:
        """Show what changes, for whom, and what could not be done.

        Parameters
        ----------
        graded
            How many submissions were looked at.
        parts, released
            Graded cells by the bank and by the gradebook.
        """
        changes = [one.change for one in found if one.change]
        seen = [change for change in changes if change.seen]
        if seen:
            self._console.print(table(found, parts, self._language))
            up = sum(change.after > change.before for change in seen)
            down = sum(change.after < change.before for change in seen)
            same = len(seen) - up - down
            self.say("scores", number=len(seen), graded=graded, up=up, down=down, same=same)
        else:
            self.say("nobody")
        if resumed := sum(change.resumed for change in changes):
            self.say("resumed", number=resumed, file=FILE)
        kinds = [change.reissue for change in changes]
        counts = {kind: kinds.count(kind) for kind in ("released", "written")}
        if any(counts.values()):
            self.say("feedback", **counts)
        for note in notes(released, parts, self._language):
            self._print(note)
        for one in found:
            if one.failed:
                words = {"trainee": safe_words(one.trainee), "failed": safe_words(one.failed)}
                self.say("failed", **words)
