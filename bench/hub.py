"""How a hub does with many trainees at work at once: JupyterHub and real accounts on one machine.

Run with `make bench-hub`, as root; writes `build/bench/hub.json`. All trainees log in within half a
minute, open the course's first lesson, run it and then answer at a human pace. They are played on
the same machine, which the times include.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

import aiohttp
import psutil

from bench.figures import write_figures
from bench.people import Answer, Kernel, Lesson, Person, Refused, Trainee
from clientcourse.answers import read
from clientcourse.authoring.load import load_course
from tests.conftest import ROOT
from tests.hub import INSTRUCTOR, PASSWORD, Hub, course_hub

TRAINEES = (10, 20, 40, 60)
STAGES = ("logins", "servers", "lessons", "clicks")
FAILURES = (Refused, aiohttp.ClientError, ConnectionError, TimeoutError)
Figures = dict[str, float | int]


@dataclass(frozen=True)
class Pace:
    """How trainees behave.

    Parameters
    ----------
    arrival
        Seconds within which all of them log in.
    pause
        The fewest and the most seconds before the next click.
    clicks
        How many answers each of them gives.
    patience
        Seconds after which they give up waiting to get to work, and for an answer to be saved.
    """

    arrival: float = 30
    pause: tuple[float, float] = (5, 10)
    clicks: int = 8
    patience: tuple[float, float] = (600, 30)


@dataclass
class Trail:
    """What became of one trainee; times in seconds."""

    trainee: Trainee
    dice: random.Random
    failures: Counter[str] = field(default_factory=Counter)
    ready: list[float] = field(default_factory=list)  # from the log-in to the start page
    opened: list[float] = field(default_factory=list)  # from there to the lesson's last cell
    saved: list[float] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)  # shown as saved
    kernel: Kernel | None = None

    async def arrive(self, lesson: Lesson, pace: Pace) -> None:
        """Log in, come to the start page and open the lesson."""
        await asyncio.sleep(self.dice.uniform(0, pace.arrival))
        start, stage = time.perf_counter(), "logins"
        try:
            async with asyncio.timeout(pace.patience[0]):
                page = await self.trainee.log_in()
                stage = "servers"
                await self.trainee.come_to_start(page)
                self.ready.append(time.perf_counter() - start)
                start, stage = time.perf_counter(), "lessons"
                self.kernel = await self.trainee.open(lesson)
                self.opened.append(time.perf_counter() - start)
        except FAILURES as error:
            self._fail(stage, error)

    async def work(self, pace: Pace) -> None:
        """Answer one question after another."""
        if self.kernel is None:
            return
        questions = self.kernel.questions()
        self.dice.shuffle(questions)
        for number in range(pace.clicks):
            await asyncio.sleep(self.dice.uniform(*pace.pause))
            question = questions[number % len(questions)]
            value = question.any_answer(self.dice)
            start = time.perf_counter()
            try:
                async with asyncio.timeout(pace.patience[1]):
                    await self.kernel.answer(question, value)
            except FAILURES as error:
                self._fail("clicks", error)
                self.answers.pop(question.id, None)  # which of the two is kept is open
            else:
                self.saved.append(time.perf_counter() - start)
                self.answers[question.id] = value

    def lost(self, hub: Hub, lesson: Lesson) -> int:
        """Count the answers that were shown as saved and are not in the answer file."""
        kept, _ = read(hub.folder / "home" / self.trainee.name / lesson.module, lesson.name)
        values = {id_: answer.value for id_, answer in kept.answers.items()} if kept else {}
        return sum(values.get(id_) != value for id_, value in self.answers.items())

    def _fail(self, stage: str, error: Exception) -> None:
        self.failures[stage] += 1
        print(f"{self.trainee.name}: {stage}: {error!r}", file=sys.stderr)  # noqa: T201


async def observe(hub: Hub, names: Sequence[str], pace: Pace) -> Figures:
    """Let trainees work on a hub and return what they saw; milliseconds are of clicks."""
    course = load_course(hub.folder / "course")
    module = course.modules[0]
    lesson = Lesson(course.id, module.id, module.lessons[0])
    await _release(hub, module.id)
    async with contextlib.AsyncExitStack() as stack:
        trails = [
            Trail(
                await stack.enter_async_context(Trainee(hub.url, name, PASSWORD)),
                random.Random(name),  # noqa: S311 - no secret
            )
            for name in names
        ]
        await asyncio.gather(*(trail.arrive(lesson, pace) for trail in trails))
        await asyncio.gather(*(trail.work(pace) for trail in trails))
        memory = _memory(hub, names)
    failures = sum((trail.failures for trail in trails), Counter[str]())
    saved = [seconds * 1000 for trail in trails for seconds in trail.saved]
    return {
        "trainees": len(names),
        **_spread("ready_s", (seconds for trail in trails for seconds in trail.ready)),
        **_spread("lesson_s", (seconds for trail in trails for seconds in trail.opened)),
        **_spread("saved_ms", saved),
        "saved_clicks": len(saved),
        "lost_answers": sum(trail.lost(hub, lesson) for trail in trails),
        **{
            f"failed_{stage}": failures[stage]
            for stage in ("logins", "servers", "lessons", "clicks")
        },
        **memory,
    }


async def _release(hub: Hub, module: str) -> None:
    """Let the instructor release a module, as formgrader's buttons do."""
    async with Person(hub.url, INSTRUCTOR, PASSWORD) as instructor:
        await instructor.log_in()
        for step in ("assign", "release"):
            done = await instructor.post(
                f"services/course/formgrader/api/assignment/{module}/{step}"
            )
            if not done["success"]:
                raise Refused(done["log"])


def _spread(name: str, values: Iterable[float]) -> Figures:
    """Return the median and the 95th percentile, if there is anything to tell."""
    values = sorted(values)
    if len(values) < 2:  # noqa: PLR2004
        return {}
    return {
        f"{name}_median": round(median(values), 1),
        f"{name}_p95": round(quantiles(values, n=20, method="inclusive")[-1], 1),
        f"{name}_worst": round(values[-1], 1),
    }


def _memory(hub: Hub, names: Sequence[str]) -> Figures:
    """Return the memory of trainees' servers and kernels, and of the hub with its proxy, in MB.

    What processes share is divided among them (PSS).
    """
    used: dict[str, float] = Counter()
    for process in [*hub.processes(), *(one for name in names for one in hub.processes(name))]:
        with contextlib.suppress(psutil.NoSuchProcess):
            command = " ".join(process.cmdline())
            if process.uids().real != 0:
                part = "kernels" if "ipykernel" in command else "servers"
            elif "configurable-http-proxy" in command or "bin/jupyterhub" in command:
                part = "hub"
            else:
                continue
            used[part] += process.memory_full_info().pss / 1_000_000
    return {
        "server_mb": round(used["servers"] / len(names)),
        "kernel_mb": round(used["kernels"] / len(names)),
        "hub_mb": round(used["hub"]),
    }


def main() -> None:
    """Measure with as many trainees as the command line says, one number after another."""
    if os.getuid() != 0:
        raise SystemExit("Only root can make the accounts of trainees.")
    figures = {}
    for number in map(int, sys.argv[1:] or TRAINEES):
        names = [f"trainee{place:02d}" for place in range(number)]
        with course_hub(ROOT, "zh", names) as hub:
            figures[str(number)] = asyncio.run(observe(hub, names, Pace()))
    write_figures("hub", figures)


if __name__ == "__main__":
    main()
