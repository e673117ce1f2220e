"""`clientcourse simulate`: makes the folder, estimates the time of grading, says how to go on."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from clientcourse.grading.batch.module import grade_module
from clientcourse.grading.configured import configuration
from clientcourse.grading.sandbox.parent import WarmParent
from clientcourse.grading.sandbox.settings import Sandbox
from clientcourse.language import Language, Text
from clientcourse.simulation.course import Submissions, make_course
from clientcourse.simulation.estimate import Estimate, estimate

if TYPE_CHECKING:
    from clientcourse.simulation.cohort import Cohort

_WORDS = {
    "made": Text(
        zh="{module}：{trainees} 名模拟学员，按时提交 {on_time}，迟交 {late}，未交 {missing}。",
        en="{module}: {trainees} model trainees; {on_time} handed in on time, {late} late, "
        "{missing} not at all.",
    ),
    "estimate": Text(
        zh="{module}：在这台机器上评 {submissions} 份，估计要 {time}。估算方法：实际评了 "
        "{measured} 份，同时评 {workers} 份；最初 {first} 份连同一次性的准备用了 {start:.1f} 秒，"
        "其余平均每份 {each:.2f} 秒。",
        en="{module}: grading {submissions} submissions on this machine would take about {time}. "
        "Estimated from {measured} that were graded, {workers} at a time: {start:.1f} s until the "
        "first {first} were done, with all that is done once, then {each:.2f} s each.",
    ),
    "seconds": Text(zh="{s} 秒", en="{s} s"),
    "minutes": Text(zh="{m} 分 {s} 秒", en="{m} min {s} s"),
    "next": Text(zh="接下来可以运行：", en="What to type next:"),
}
_NEXT = ("clientcourse --root {to} grade {module}", "clientcourse --root {to} report {module}")


def simulate(
    root: Path,
    to: Path,
    modules: Sequence[str],
    language: Language,
    cohort: Cohort,
    *,
    grade: bool = False,
) -> None:
    """Make a course folder of model trainees, and say how long it takes to grade.

    Parameters
    ----------
    root, to, modules, language, cohort
        As for `course.make_course`.
    grade
        Whether all submissions are to be graded, too.

    Raises
    ------
    CourseError
        If the course or the folder does not allow it, or something cannot be graded.
    """
    console = Console(soft_wrap=True, highlight=False, markup=False)
    made = make_course(root, to, modules, language, cohort)
    for one in made:
        console.print(_made(one, language))
    handed_in = [one for one in made if set(one.how) != {"not at all"}]
    workers = os.cpu_count() or 1
    with contextlib.ExitStack() as ending:
        sandbox = None
        if handed_in and Sandbox(config=configuration(to)).enabled:
            sandbox = WarmParent()
            ending.callback(sandbox.close)
        for one in handed_in:
            found = estimate(to, one.module, sandbox, workers)
            console.print(_estimated(one.module, found, language))
            if grade:
                grade_module(to, one.module, sandbox=sandbox, workers=workers)
    console.print(_WORDS["next"][language])
    for one in handed_in:
        for command in _NEXT[1:] if grade else _NEXT:
            console.print(f"  {command.format(to=shlex.quote(str(to)), module=one.module)}")


def _made(one: Submissions, language: Language) -> str:
    return _WORDS["made"][language].format(
        module=one.module,
        trainees=len(one.how),
        on_time=one.how.count("on time"),
        late=one.how.count("late"),
        missing=one.how.count("not at all"),
    )


def _estimated(module: str, found: Estimate, language: Language) -> str:
    minutes, seconds = divmod(round(found.seconds), 60)
    spoken = _WORDS["minutes" if minutes else "seconds"][language].format(m=minutes, s=seconds)
    return _WORDS["estimate"][language].format(
        module=module,
        submissions=found.submissions,
        time=spoken,
        measured=len(found.ends),
        workers=found.workers,
        first=found.first,
        start=found.start,
        each=found.each,
    )
