"""`Lesson`: the one object that a notebook talks to."""

from __future__ import annotations

import datetime as dt
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from clientcourse import clients, lesson_file
from clientcourse.answers import Answer, AnswerFile, By, survey_of
from clientcourse.clients_dictionary import HEADINGS
from clientcourse.errors import CourseError
from clientcourse.items import PublicItem, PublicQuiz, PublicScenario, Question, Scenario
from clientcourse.language import Language
from clientcourse.lesson_file import LessonFile
from clientcourse.messages import say
from clientcourse.open_widgets import OpenWidgets, Sheet
from clientcourse.practice import Feedback, question_feedback, scenario_feedback
from clientcourse.shown import Shown, note, show, words
from clientcourse.stumbles import advise_from_now_on
from clientcourse.values import Json, UnfitValue, fit, given, is_complete, last_attempt
from clientcourse.variants import current_trainee, current_variant
from clientcourse.warm_up import choose, practised_items
from clientcourse.widgets import scenario_plain
from clientcourse.widgets.patience import PatienceWidget
from clientcourse.widgets.plain import plain_html, plain_text
from clientcourse.widgets.progress import ProgressWidget, Row, progress_plain
from clientcourse.widgets.quiz import QuizWidget
from clientcourse.widgets.saving import SavingWidget
from clientcourse.widgets.scenario import ScenarioWidget

if TYPE_CHECKING:
    from collections.abc import Mapping

PREVIEW_ROWS = 5


class LessonError(CourseError):
    """A lesson was asked for something that it does not have, or is not where it should be."""


class Incomplete(CourseError):
    """Validation found that something is not answered yet."""


class PlainNbgrader(CourseError):
    """A grade cell was run by an nbgrader that cannot score it."""


class Lesson:
    """One lesson, as its notebook uses it.

    Parameters
    ----------
    name
        Name of the lesson: its lesson file `<name>.lesson.json` and the trainee's answers
        `<name>.answers.json` lie beside the notebook.
    folder
        Where they lie; the notebook's own folder if not given.

    Raises
    ------
    LessonError
        If the lesson file is not there or cannot be read.

    Examples
    --------
    >>> lesson = Lesson("nine-steps")  # doctest: +SKIP
    >>> lesson.quiz("first-minutes")  # doctest: +SKIP
    """

    def __init__(self, name: str, folder: Path | str | None = None) -> None:
        PatienceWidget()  # before any other
        beside = Path.cwd() if folder is None else Path(folder).resolve()
        self._file, answers_folder = _open(name, beside)
        self._language = self._file.language
        trainee = current_trainee()
        self.variant = current_variant(trainee, self._file.variants)
        self._trainee = trainee
        self._folder = answers_folder
        self._answers = self._answer_file(answers_folder, name)
        self._items = self._file.items()
        self._keys: dict[str, Question | Scenario] = {
            item.id: item for quiz in self._file.practice for item in quiz.items
        }
        self._keys |= {scenario.id: scenario for scenario in self._file.practice_scenarios}
        self._widgets = OpenWidgets(
            self._language,
            f"clientcourse:{trainee}:{self._answers.path}",
            self._renew_progress,
        )
        self._progress: ProgressWidget | None = None
        advise_from_now_on(self._language)

    def quiz(self, name: str) -> SavingWidget:
        """Show a quiz with the answers given so far.

        Parameters
        ----------
        name
            Id of the quiz.

        Returns
        -------
        SavingWidget
            The widget; a plain version of it is shown first, for readers without widgets.
        """
        quizzes = {quiz.id: quiz for quiz in self._file.quizzes}
        if name not in quizzes:
            known = list(quizzes)
            raise LessonError(say("unknown-quiz", self._language, quiz=name, known=known))
        quiz = quizzes[name]
        return self._show_quiz(quiz, {item.id: self._answers for item in quiz.items})

    def scenario(self, name: str) -> SavingWidget:
        """Show a conversation with a simulated client, as far as it has come.

        Parameters
        ----------
        name
            Id of the scenario.

        Returns
        -------
        SavingWidget
            The widget; a plain version of it is shown first, for readers without widgets.
        """
        scenarios = {scenario.id: scenario for scenario in self._file.scenarios}
        if name not in scenarios:
            known = list(scenarios)
            raise LessonError(say("unknown-scenario", self._language, name=name, known=known))
        scenario = scenarios[name]
        sheet = Sheet(
            {name: scenario},
            {name: self._answers},
            self._feedback,
            lambda values: _plain_scenario(scenario, values.get(name), self._language),
        )
        return self._widgets.show(name, sheet, partial(ScenarioWidget, scenario))

    def warm_up(self) -> SavingWidget | None:
        """Show a few practice questions of earlier lessons.

        First those that were not right last time, then those never answered, then the others;
        what was answered longest ago comes first. Answers are kept with the lesson they belong to.

        Returns
        -------
        SavingWidget | None
            The widget; `None` if there is no earlier lesson with practice, which is then said.
        """
        chosen = choose(list(practised_items(self._folder, self._file, self._file_of)))
        if not chosen:
            show(note(say("no-warm-up", self._language)))
            return None
        quiz = PublicQuiz(
            id="warm-up",
            use="practice",
            title=say("warm-up", self._language),
            items=[one.item.public(self._language) for one in chosen],
        )
        # What the reader is sent back to is in another notebook.
        self._keys |= {one.item.id: one.item.model_copy(update={"reread": None}) for one in chosen}
        # An earlier answer would give away what is to be remembered.
        files = {one.item.id: one.file for one in chosen}
        return self._show_quiz(quiz, files, since=dt.datetime.now(dt.UTC))

    def survey(self) -> SavingWidget | None:
        """Ask what the trainee thinks of the lesson; kept apart and never part of a score.

        Returns
        -------
        SavingWidget | None
            The widget; a plain version of it is shown first, for readers without widgets. `None`
            while the lesson is graded: what was said is then not at hand, which is told.
        """
        quiz = self._file.survey
        if quiz is None:
            raise LessonError(say("no-survey", self._language))
        if os.environ.get("NBGRADER_EXECUTION") == "autograde":
            show(note(say("survey-apart", self._language)))
            return None
        file = self._answer_file(self._folder, survey_of(self._file.lesson))
        return self._show_quiz(quiz, {item.id: file for item in quiz.items})

    def answer(self, name: str, value: object) -> None:
        """Record an answer given in code and show what was recorded.

        Parameters
        ----------
        name
            Id of a data exercise (or of a question).
        value
            A number, a table (`pandas.DataFrame` with the columns asked for), or what the
            question's type asks for. `...` stands for "not answered yet".
        """
        item = self._item(name)
        if isinstance(item, PublicScenario):
            raise UnfitValue(say("unfit-attempts", self._language, item=name))
        recorded = self._record(name, value, "code").value
        show(self._recorded(item, recorded))

    def check(self, name: str) -> None:
        """Show what is still missing in something graded; never whether it is right.

        Parameters
        ----------
        name
            Id of a graded quiz, a graded scenario or an exercise.

        Raises
        ------
        PlainNbgrader
            When run by an nbgrader that has no clientcourse scoring: rather no points than wrong
            ones.
        Incomplete
            When nbgrader validates a notebook in which something is missing.
        """
        mode = os.environ.get("NBGRADER_EXECUTION")
        if mode == "autograde":
            raise PlainNbgrader(say("plain-nbgrader", self._language))
        sentence, complete = self._state(name)
        if mode == "validate" and not complete:
            raise Incomplete(sentence)
        show(note(sentence, "good" if complete else "warn"))

    def progress(self) -> ProgressWidget:
        """Show what is answered and what is open, with a way to each.

        Returns
        -------
        ProgressWidget
            The widget; a plain version of it is shown first, for readers without widgets.
        """
        rows = self._rows()
        show(progress_plain(rows, self._language))
        self._progress = ProgressWidget(rows, language=self._language)
        return self._progress

    def clients(self) -> pd.DataFrame:
        """Return this trainee's client list, one row a client; see `dictionary` for its columns."""
        return clients.client_list(self.variant, language=self._language)

    def complaints(self) -> pd.DataFrame:
        """Return the complaint log of these clients, one row a complaint."""
        return clients.complaints(self.variant, language=self._language)

    def dictionary(self, table: str) -> Shown:
        """Return the data dictionary of a table, to look at: column, type, unit, meaning.

        Parameters
        ----------
        table
            `clients` or `complaints`.
        """
        match table:
            case "clients" | "complaints":
                columns = clients.dictionary(table, self._language)
                return words(columns.set_axis(HEADINGS[self._language], axis=1))
        known = ["clients", "complaints"]
        raise LessonError(say("no-such-table", self._language, table=table, known=known))

    def _values(self, *, peek: bool = False) -> dict[str, Json]:
        answers = self._answers.peek() if peek else self._answers.read()
        kept = {id_: answer.value for id_, answer in answers.items()}
        return {id_: given(item, kept) for id_, item in self._items.items()}

    def _record(self, item: str, value: object, by: By) -> Answer:
        answer = self._answers.record(item, fit(self._item(item), value, self._language), by)
        self._renew_progress()
        return answer

    def _item(self, name: str) -> PublicItem | PublicScenario:
        if name not in self._items:
            known = list(self._items)
            raise LessonError(say("unknown-item", self._language, item=name, known=known))
        return self._items[name]

    def _answer_file(self, folder: Path, name: str) -> AnswerFile:
        return AnswerFile(
            folder,
            name,
            self._trainee,
            self.variant,
            self._language,
            notify=lambda sentence: show(note(sentence, "warn")),
        )

    def _file_of(self, folder: Path, lesson: LessonFile) -> AnswerFile:
        return self._answer_file(folder, lesson.lesson)

    def _show_quiz(
        self,
        quiz: PublicQuiz,
        files: Mapping[str, AnswerFile],
        since: dt.datetime | None = None,
    ) -> SavingWidget:
        items = [item.for_trainee(self._trainee) for item in quiz.items]
        shown = quiz.model_copy(update={"items": items})
        sheet = Sheet(
            {item.id: item for item in items},
            files,
            self._feedback if quiz.use == "practice" else lambda _item, _value: None,
            lambda values: Shown(
                plain_html(shown, values, self._language),
                plain_text(shown, values, self._language),
            ),
            since,
        )
        return self._widgets.show(
            quiz.id, sheet, partial(QuizWidget, shown, rules=self._file.rules)
        )

    def _feedback(self, item: str, value: Json) -> Feedback | None:
        """Return what practice says at once about an answer; `None` for a graded item."""
        match self._keys.get(item):
            case None:
                return None
            case Scenario() as scenario:
                return scenario_feedback(scenario, value, self._language)
            case question:
                return question_feedback(question, value, self._file.rules, self._language)

    def _state(self, name: str) -> tuple[str, bool]:
        """Return a sentence on what is missing in a graded cell, and whether nothing is."""
        values = self._values()

        def is_open(item: PublicItem | PublicScenario) -> bool:
            return not is_complete(item, values.get(item.id))

        for quiz in self._file.quizzes:
            if quiz.id == name and quiz.use == "graded":
                missing = [
                    say("question-number", self._language, number=number)
                    for number, item in enumerate(quiz.items, 1)
                    if is_open(item)
                ]
                message = "check-open" if missing else "check-complete"
                sentence = say(
                    message,
                    self._language,
                    title=quiz.title,
                    total=len(quiz.items),
                    open=len(missing),
                    items=missing,
                )
                return sentence, not missing
        for item in self._file.exercises:
            if item.id == name:
                message = "check-exercise-open" if is_open(item) else "check-exercise-done"
                return say(message, self._language, title=item.title), not is_open(item)
        for scenario in self._file.scenarios:
            if scenario.id == name and scenario.use == "graded":
                message = "check-scenario-open" if is_open(scenario) else "check-scenario-done"
                return say(message, self._language, title=scenario.title), not is_open(scenario)
        graded = [quiz.id for quiz in self._file.quizzes if quiz.use == "graded"]
        graded += [scenario.id for scenario in self._file.scenarios if scenario.use == "graded"]
        known = [*graded, *(item.id for item in self._file.exercises)]
        raise LessonError(say("unknown-cell", self._language, cell=name, known=known))

    def _rows(self) -> list[Row]:
        """Return what there is to do, in the order of the text, and how much of it is done."""
        values = self._values(peek=True)
        rows = []
        for part in self._file.parts():
            kind = "exercise" if part.call == "answer" else f"progress-{part.use}"
            done = sum(is_complete(item, values.get(item.id)) for item in part.items)
            call = f'lesson.{part.call}("{part.id}"'
            rows.append(Row(part.title, say(kind, self._language), call, done, len(part.items)))
        return rows

    def _renew_progress(self) -> None:
        if self._progress is not None:
            self._progress.renew(self._rows())

    def _recorded(self, item: PublicItem | PublicScenario, value: Json) -> Shown:
        if value is None:
            return note(say("withdrawn", self._language, item=item.title or item.id), "warn")
        if isinstance(item, PublicItem) and item.type == "table":
            return _recorded_table(value, self._language)  # type: ignore[arg-type]
        unit = f" {item.unit}" if isinstance(item, PublicItem) and item.unit else ""
        shown = value if isinstance(value, list) else [value]
        texts = [f"{v:.10g}" if isinstance(v, float) else str(v) for v in shown]
        return note(say("recorded-number", self._language, value=texts, unit=unit), "good")


def _open(name: str, folder: Path) -> tuple[LessonFile, Path]:
    """Return a lesson and the folder of its answers; in `course/`, the author's preview of it."""
    path = lesson_file.path_of(folder, name)
    try:
        return LessonFile.model_validate_json(path.read_bytes()), folder
    except FileNotFoundError:
        if (folder / f"{name}.items.yaml").exists():
            # Only where the bank lies, so only for authors, who have the authoring extra.
            from clientcourse.authoring.preview import preview  # noqa: PLC0415

            return preview(folder, name)
        raise LessonError(_both("no-lesson-file", file=path.name, folder=folder)) from None
    except ValidationError:
        raise LessonError(_both("bad-lesson-file", file=path.name)) from None


def _both(message: str, **details: object) -> str:
    """Say it in both languages: without its lesson file a notebook's language is not known."""
    return f"{say(message, 'zh', **details)}\n{say(message, 'en', **details)}"


def _recorded_table(table: Mapping[str, Any], language: Language) -> Shown:
    columns, rows = table["columns"], table["rows"]
    sentence = say("recorded-table", language, rows=len(rows), columns=list(columns))
    head = pd.DataFrame(rows[:PREVIEW_ROWS], columns=columns)
    shown = note(sentence, "good", head.to_html(index=False, border=0))
    return Shown(shown.html, f"{sentence}\n{head.to_string(index=False)}")


def _plain_scenario(scenario: PublicScenario, value: Json, language: Language) -> Shown:
    path = last_attempt(value)
    return Shown(
        scenario_plain.plain_html(scenario, path, language),
        scenario_plain.plain_text(scenario, path, language),
    )
