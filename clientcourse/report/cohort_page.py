"""The page of the whole cohort: progress, what it knows, who needs help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clientcourse.report.figures import score_distribution
from clientcourse.report.render import COHORT, Frame, module_place, percent, render
from clientcourse.report.rows import (
    goal_rows,
    known_by,
    mastery_map,
    mean,
    middle,
    minutes,
    need_rows,
    notes,
    scores,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from clientcourse.report.cohort import Cohort, ModuleCohort

_WEAKEST = 15  # objectives; the pages of the modules have them all


@dataclass(frozen=True)
class _ModuleRow:
    title: str
    address: str
    due: str
    handed_in: int
    trainees: int
    late: int
    waiting: int
    mean: float | None
    minutes: str

    @property
    def share_handed_in(self) -> float | None:
        return self.handed_in / self.trainees if self.trainees else None


@dataclass(frozen=True)
class _TraineeRow:
    name: str
    shares: list[float | None]
    score: float


def cohort_page(cohort: Cohort, frame: Frame) -> str:
    """Return the report on a cohort as an HTML page that needs no network."""
    found = scores(one for module in cohort.modules for one in module.results)
    known = known_by(cohort, list(found))
    language, say = frame.language, frame.say
    of_modules = [scores(module.results) for module in cohort.modules]
    drawn: dict[str, go.Figure] = {}
    if found:
        drawn = {
            "scores": score_distribution(list(found.values()), language),
            **mastery_map(cohort, known, language),
        }
    everything = set(cohort.trainees).intersection(*(one.handed_in for one in cohort.modules))
    return render(
        "cohort",
        frame,
        COHORT,
        drawn,
        title=cohort.course,
        above=[],
        tiles=[
            (say["trainees"], len(cohort.trainees)),
            (say["modules"], len(cohort.modules)),
            (say["mean"], percent(mean(found.values()))),
            (say["median"], percent(middle(found.values()))),
            (say["handed-in-all"], f"{len(everything)} / {len(cohort.trainees)}"),
        ],
        sections=["progress", *(["scores", "help", "mastery", "by-trainee"] if found else [])],
        modules=[_module_row(cohort, module) for module in cohort.modules],
        needs=need_rows(cohort, frame.generated),
        goals=goal_rows(cohort, known)[:_WEAKEST],
        trainees=[
            _TraineeRow(cohort.trainees[one], [of.get(one) for of in of_modules], score)
            for one, score in found.items()
        ],
        **notes(language),
    )


def _module_row(cohort: Cohort, module: ModuleCohort) -> _ModuleRow:
    handed_in = module.handed_in.values()
    return _ModuleRow(
        module.title,
        module_place(module.id),
        module.due.astimezone().strftime("%Y-%m-%d %H:%M") if module.due else "–",
        len(handed_in),
        len(cohort.trainees),
        sum(one.late for one in handed_in),
        sum(one.waiting for one in handed_in),
        mean(scores(module.results).values()),
        minutes(middle(sum(one.minutes.values()) for one in handed_in if one.minutes)),
    )
