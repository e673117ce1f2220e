"""One lesson as its author wrote it: bank and texts, loaded and held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clientcourse.authoring.load import (
    Course,
    bank_path,
    load_bank,
    load_course,
    load_survey,
    load_topics,
)
from clientcourse.authoring.problems import CourseProblems, Problem
from clientcourse.authoring.text import Cell, headings, load_text, text_path
from clientcourse.items import Bank, Survey
from clientcourse.language import LANGUAGES, Language
from clientcourse.lesson_file import EarlierLesson, LessonFile


@dataclass(frozen=True)
class AuthoredLesson:
    """A lesson in all languages, without mistakes.

    Parameters
    ----------
    module, name
        Ids of the module and the lesson.
    bank
        Its items with their keys.
    texts
        Its cells in each language; the same purposes and names in the same order.
    """

    module: str
    name: str
    bank: Bank
    texts: Mapping[Language, list[Cell]]

    def public(self, course: Course, survey: Survey | None, language: Language) -> LessonFile:
        """Return the lesson file: what trainees may see of the bank, in one language."""
        public = public_side(course, survey, self.module, self.name, self.bank, language)
        order = [cell.name for cell in self.texts[language] if cell.name]
        return public.model_copy(update={"order": order, "heading": self.title(language)})

    def title(self, language: Language) -> str:
        """Return what the lesson is called: its first heading, or its id where it has none."""
        return next(headings(self.texts[language]), self.name)


def public_side(
    course: Course,
    survey: Survey | None,
    module: str,
    lesson: str,
    bank: Bank,
    language: Language,
) -> LessonFile:
    """Return what trainees may see of a bank, in one language."""
    about = next(entry for entry in course.modules if entry.id == module)
    lessons = [
        EarlierLesson(module=entry.id, lesson=name)
        for entry in course.modules
        for name in entry.lessons
    ]
    here = lessons.index(EarlierLesson(module=module, lesson=lesson))
    return LessonFile(
        module=module,
        lesson=lesson,
        language=language,
        course=course.title[language],
        title=about.title[language],
        due=about.due,
        variants=course.variants,
        rules=course.scoring,
        earlier=lessons[:here],
        quizzes=[quiz.public(language) for quiz in bank.quizzes],
        exercises=[item.public(language) for item in bank.exercises],
        scenarios=[scenario.public(language) for scenario in bank.scenarios],
        practice=[quiz for quiz in bank.quizzes if quiz.use == "practice"],
        practice_scenarios=[one for one in bank.scenarios if one.use == "practice"],
        survey=survey.public(language, anonymous=course.survey.anonymous) if survey else None,
    )


@dataclass(frozen=True)
class AuthoredCourse:
    """A whole course without mistakes."""

    course: Course
    survey: Survey | None
    lessons: Sequence[AuthoredLesson]


def load_authored(root: Path) -> AuthoredCourse:
    """Read a whole course.

    Parameters
    ----------
    root
        The folder that holds `course/`.

    Raises
    ------
    CourseProblems
        With the mistakes of all files, not only of the first.
    """
    course = load_course(root)
    problems: list[Problem] = []
    lessons: list[AuthoredLesson] = []
    try:
        topics = load_topics(root)
        objectives = frozenset(goal.id for topic in topics for goal in topic.objectives)
    except CourseProblems as error:
        problems += error.problems
        objectives = frozenset()
    try:
        survey = load_survey(root)
    except CourseProblems as error:
        problems += error.problems
    for module in course.modules:
        for name in module.lessons:
            try:
                lessons.append(_load_lesson(root, module.id, name, objectives))
            except CourseProblems as error:
                problems += error.problems
    problems += [*_repeated_items(lessons), *_repeated_titles(lessons)]
    if problems:
        raise CourseProblems(problems)
    return AuthoredCourse(course, survey, lessons)


def _repeated_items(lessons: Sequence[AuthoredLesson]) -> Iterator[Problem]:
    """Yield items whose id another lesson has, too: results are kept by item."""
    seen: dict[str, str] = {}
    for lesson in lessons:
        for item in lesson.bank.items():
            if item.id in seen:
                message = f"the lesson {seen[item.id]} has an item of this id, too; rename one"
                yield Problem(bank_path(lesson.module, lesson.name), 0, item.id, message)
            seen[item.id] = lesson.name


def _repeated_titles(lessons: Sequence[AuthoredLesson]) -> Iterator[Problem]:
    """Yield lessons called as another one of their module: nobody could tell them apart."""
    seen: dict[tuple[str, Language, str], str] = {}
    for lesson in lessons:
        for language in LANGUAGES:
            title = lesson.title(language)
            other = seen.setdefault((lesson.module, language, title), lesson.name)
            if other != lesson.name:
                message = f"the lesson {other} is called “{title}”, too; give one another heading"
                yield Problem(text_path(lesson.module, lesson.name, language), 0, "", message)


def _load_lesson(root: Path, module: str, name: str, objectives: frozenset[str]) -> AuthoredLesson:
    problems: list[Problem] = []
    bank = None
    try:
        bank = load_bank(root, module, name)
    except CourseProblems as error:
        problems += error.problems
    file = bank_path(module, name)
    if objectives and bank:
        named = [(f"{item.id}: objective", item.objective) for item in bank.items()]
        named += [("teaches", goal) for entry in bank.teaches for goal in entry.objectives]
        problems += [
            Problem(
                file,
                0,
                place,
                f"course/objectives.yaml has no {goal!r}; expected the id of an objective",
            )
            for place, goal in named
            if goal not in objectives
        ]
    texts: dict[Language, list[Cell]] = {}
    for language in LANGUAGES:
        try:
            texts[language] = load_text(root, module, name, language, bank)
        except CourseProblems as error:
            problems += error.problems
    if len(texts) == len(LANGUAGES):
        problems += _unequal(module, name, texts)
    if problems or bank is None:
        raise CourseProblems(problems)
    return AuthoredLesson(module, name, bank, texts)


def _unequal(module: str, name: str, texts: Mapping[Language, list[Cell]]) -> list[Problem]:
    """Return where the languages do not have the same cells."""
    first, *others = LANGUAGES
    problems = []
    for other in others:
        ours = [(cell.purpose, cell.name) for cell in texts[first]]
        theirs = [(cell.purpose, cell.name) for cell in texts[other]]
        if ours == theirs:
            continue
        differ = (i for i, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1])
        number = next(differ, min(len(ours), len(theirs)))
        here, there = _at(theirs, number), _at(ours, number)
        problems.append(
            Problem(
                text_path(module, name, other),
                0,
                f"cell {number + 1}",
                f"is {here}, but in {first} it is {there}; both languages have the same cells "
                "in the same order",
            )
        )
    return problems


def _at(cells: Sequence[tuple[str, str]], number: int) -> str:
    return " ".join(cells[number]).strip() if number < len(cells) else "missing"
