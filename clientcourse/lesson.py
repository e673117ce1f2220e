"""`Lesson`: the one object that a notebook talks to."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from clientcourse import clients, lesson_file
from clientcourse.answers import Answer, AnswerFile, By
from clientcourse.errors import CourseError
from clientcourse.explain import explain
from clientcourse.items import PublicItem, PublicQuiz, Question
from clientcourse.language import Language
from clientcourse.lesson_file import LessonFile
from clientcourse.markup import inline
from clientcourse.messages import say
from clientcourse.scoring import score
from clientcourse.shown import Shown, note, show, show_updatable
from clientcourse.values import Json, fit
from clientcourse.variants import current_trainee, current_variant
from clientcourse.widgets.plain import given, plain_html, plain_text
from clientcourse.widgets.quiz import QuizWidget, Saved

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
        beside = Path.cwd() if folder is None else Path(folder).resolve()
        self._file, answers_folder = _open(name, beside)
        self._language = self._file.language
        trainee = current_trainee()
        self.variant = current_variant(trainee, self._file.variants)
        self._answers = AnswerFile(
            answers_folder,
            name,
            trainee,
            self.variant,
            self._language,
            notify=lambda sentence: show(note(sentence, "warn")),
        )
        self._items = self._file.items()
        self._practice: dict[str, Question] = {
            item.id: item for quiz in self._file.practice for item in quiz.items
        }

    def quiz(self, name: str) -> QuizWidget:
        """Show a quiz with the answers given so far.

        Parameters
        ----------
        name
            Id of the quiz.

        Returns
        -------
        QuizWidget
            The widget; a plain version of it is shown first, for readers without widgets.
        """
        quiz = self._quiz(name)
        values = self._values()
        handle = show_updatable(self._plain(quiz, values))

        def record(item: str, value: object) -> Saved:
            answer = self._record(item, value, "widget")
            if handle is not None:
                handle.update(self._plain(quiz, self._values()))
            return Saved(answer.at, self._feedback(item, answer.value))

        return QuizWidget(
            quiz,
            language=self._language,
            answers=values,
            record=record,
            store_key=f"clientcourse:{self._answers.trainee}:{self._answers.path}:{name}",
            feedback={
                item.id: feedback
                for item in quiz.items
                if (feedback := self._feedback(item.id, values.get(item.id))) is not None
            },
        )

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
        recorded = self._record(name, value, "code").value
        show(self._recorded(item, recorded))

    def check(self, name: str) -> None:
        """Show what is still missing in a graded quiz or an exercise; never whether it is right.

        Parameters
        ----------
        name
            Id of a graded quiz or of an exercise.

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

    def progress(self) -> None:
        """Show which questions and exercises are answered and which are open."""
        values = self._values()
        rows = [
            (quiz.title, say(f"progress-{quiz.use}", self._language), [i.id for i in quiz.items])
            for quiz in self._file.quizzes
        ]
        exercise = say("exercise", self._language)
        rows += [(item.title, exercise, [item.id]) for item in self._file.exercises]
        show(_progress(rows, values, self._language))

    def clients(self) -> pd.DataFrame:
        """Return this trainee's client list, one row a client; see `dictionary` for its columns."""
        return clients.client_list(self.variant, language=self._language)

    def complaints(self) -> pd.DataFrame:
        """Return the complaint log of these clients, one row a complaint."""
        return clients.complaints(self.variant, language=self._language)

    def dictionary(self, table: str) -> pd.DataFrame:
        """Return the data dictionary of a table: column, type, unit, meaning.

        Parameters
        ----------
        table
            `clients` or `complaints`.
        """
        match table:
            case "clients" | "complaints":
                return clients.dictionary(table, self._language)
        known = "clients, complaints"
        raise LessonError(say("no-such-table", self._language, table=table, known=known))

    def _values(self) -> dict[str, Json]:
        values = {id_: answer.value for id_, answer in self._answers.read().items()}
        # What no longer fits its question, or never did, counts as not answered.
        questions = {item.id: item for quiz in self._file.quizzes for item in quiz.items}
        return values | {id_: given(item, values) for id_, item in questions.items()}

    def _record(self, item: str, value: object, by: By) -> Answer:
        return self._answers.record(item, fit(self._item(item), value, self._language), by)

    def _item(self, name: str) -> PublicItem:
        if name not in self._items:
            known = ", ".join(self._items)
            raise LessonError(say("unknown-item", self._language, item=name, known=known))
        return self._items[name]

    def _quiz(self, name: str) -> PublicQuiz:
        quizzes = {quiz.id: quiz for quiz in self._file.quizzes}
        if name not in quizzes:
            known = ", ".join(quizzes)
            raise LessonError(say("unknown-quiz", self._language, quiz=name, known=known))
        return quizzes[name]

    def _state(self, name: str) -> tuple[str, bool]:
        """Return a sentence on what is missing in a graded cell, and whether nothing is."""
        values = self._values()
        for quiz in self._file.quizzes:
            if quiz.id == name and quiz.use == "graded":
                missing = [
                    say("question-number", self._language, number=number)
                    for number, item in enumerate(quiz.items, 1)
                    if values.get(item.id) is None
                ]
                message = "check-open" if missing else "check-complete"
                separator = "、" if self._language == "zh" else ", "
                sentence = say(
                    message,
                    self._language,
                    title=quiz.title,
                    total=len(quiz.items),
                    open=len(missing),
                    items=separator.join(missing),
                )
                return sentence, not missing
        for item in self._file.exercises:
            if item.id == name:
                done = values.get(name) is not None
                message = "check-exercise-done" if done else "check-exercise-open"
                return say(message, self._language, title=item.title), done
        graded = [quiz.id for quiz in self._file.quizzes if quiz.use == "graded"]
        known = ", ".join([*graded, *(item.id for item in self._file.exercises)])
        raise LessonError(say("unknown-cell", self._language, cell=name, known=known))

    def _feedback(self, item: str, value: Json) -> dict[str, Any] | None:
        """Return what a practice item says at once about an answer; `None` for a graded item."""
        question = self._practice.get(item)
        if question is None or value is None:
            return None
        scored = score(question, value)
        told = explain(question, value, scored, self._language)
        feedback: dict[str, Any] = {
            "verdict": scored.verdict,
            "summary": inline(" ".join(filter(None, [told.verdict, told.reason]))),
            "choices": {
                note_.id: {"right": note_.right, "why": inline(note_.why)} for note_ in told.choices
            },
        }
        if question.type == "order":
            feedback["order"] = question.key
        return feedback

    def _plain(self, quiz: PublicQuiz, values: Mapping[str, Json]) -> Shown:
        return Shown(
            plain_html(quiz, values, self._language), plain_text(quiz, values, self._language)
        )

    def _recorded(self, item: PublicItem, value: Json) -> Shown:
        if value is None:
            return note(say("withdrawn", self._language, item=item.title or item.id), "warn")
        if isinstance(value, dict):
            return _recorded_table(value, self._language)
        unit = f" {item.unit}" if item.unit else ""
        shown = value if isinstance(value, list) else [value]
        text = ", ".join(f"{v:.10g}" if isinstance(v, float) else str(v) for v in shown)
        return note(say("recorded-number", self._language, value=text, unit=unit), "good")


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
    sentence = say("recorded-table", language, rows=len(rows), columns=", ".join(columns))
    head = pd.DataFrame(rows[:PREVIEW_ROWS], columns=columns)
    shown = note(sentence, "good", head.to_html(index=False, border=0))
    return Shown(shown.html, f"{sentence}\n{head.to_string(index=False)}")


def _progress(
    rows: list[tuple[str, str, list[str]]],
    values: Mapping[str, Json],
    language: Language,
) -> Shown:
    html, text = [], [say("progress-title", language)]
    for title, kind, ids in rows:
        done = sum(values.get(id_) is not None for id_ in ids)
        line = say("progress-line", language, done=done, total=len(ids))
        mark = "✓" if done == len(ids) else "○"
        html.append(
            f'<tr><td style="text-align:start">{mark} {inline(title)}</td>'
            f'<td style="text-align:start">{escape(kind)}</td>'
            f'<td style="text-align:start">{escape(line)}</td></tr>'
        )
        text.append(f"{mark} {title} · {kind} · {line}")
    return Shown(
        f"<strong>{escape(text[0])}</strong><table>{''.join(html)}</table>", "\n".join(text)
    )
