"""What trainees say: counted right, without names, hidden where few say it, apart from grades."""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from clientcourse.answers import Answer, Answers, files_of, read, survey_of
from clientcourse.authoring.build import build, write
from clientcourse.authoring.load import load_course, load_survey
from clientcourse.language import LANGUAGES, Language
from clientcourse.lesson import Lesson
from clientcourse.report.cohort import (
    Cohort,
    HandedIn,
    LessonCohort,
    ModuleCohort,
    read_cohort,
)
from clientcourse.report.render import Frame, lesson_place, module_place
from clientcourse.report.survey import LONGEST, Ratings, Said, read_survey
from clientcourse.report.survey_section import SurveySection, survey_section
from clientcourse.report.write import pages
from tests.conftest import TOY
from tests.report_pages import Tags
from tests.test_path import changed, gradebook_score, hand_in, must, only_first_lesson
from tests.test_report import ITEMS
from tests.test_report import cohort as results_of

MODULE, LESSON, OTHER = "greeting", "first-call", "second-call"
TRAINEES = ["lin", "zhao", "qian", "sun", "li"]
HIDDEN = "fewer than 5 answers: not shown"
NOW = datetime(2026, 3, 9, tzinfo=UTC)
ATTACK = "<img src=x onerror=alert(1)>"


class Desks:
    """A course, and what its trainees hand in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.trainees: list[str] = []

    def says(self, trainee: str, lesson: str = LESSON, **answers: str) -> None:
        """Let a trainee answer questions of a lesson's survey and hand it in."""
        if trainee not in self.trainees:
            self.trainees.append(trainee)
        self.folder(trainee).mkdir(parents=True, exist_ok=True)
        before, _trouble = read(self.folder(trainee), survey_of(lesson))
        given = {id_: Answer(value=value, at=NOW, by="widget") for id_, value in answers.items()}
        sheet = Answers(
            lesson=survey_of(lesson),
            trainee=trainee,
            variant=0,
            answers={**(before.answers if before else {}), **given},
        )
        for name in files_of(survey_of(lesson)):
            (self.folder(trainee) / name).write_bytes(sheet.dump())

    def all_say(self, question: str, values: Sequence[str], lesson: str = LESSON) -> None:
        """Let as many trainees as there are values answer one question."""
        for number, value in enumerate(values):
            self.says(f"trainee-{number:03}", lesson, **{question: value})

    def folder(self, trainee: str) -> Path:
        return self.root / "submitted" / trainee / MODULE

    def ask_by_name(self) -> None:
        settings = self.root / "course/course.yaml"
        settings.write_text(settings.read_text() + "survey: {anonymous: false}\n")

    def tell(self, trainee: str) -> None:
        """Hand in the lesson files as they are built now: they say how the survey is dealt with."""
        write(build(self.root), self.root / "built")
        for path in (self.root / "built" / MODULE).glob("*.lesson.json"):
            shutil.copy(path, self.folder(trainee))

    def section(self, lesson: str | None = LESSON, language: Language = "en") -> SurveySection:
        survey = load_survey(self.root)
        assert survey is not None
        said = read_survey(self.root, MODULE, self.trainees)
        return survey_section(
            survey,
            {name: found for name, found in said.items() if lesson in (None, name)},
            language,
            anonymous=load_course(self.root).survey.anonymous,
        )

    def ratings(self, lesson: str = LESSON) -> Ratings | None:
        [question] = self.section(lesson).rated
        return question.by_lesson[lesson]

    def comments(self, lesson: str = LESSON) -> list[Said] | None:
        [question] = self.section(lesson).open
        return question.by_lesson[lesson]

    def html(self, lesson: str | None = LESSON, language: Language = "en") -> str:
        """Return the part on the survey of a lesson's page, or of the module's."""
        lessons = [LessonCohort(name, name, ITEMS) for name in (LESSON, OTHER)]
        module = ModuleCohort(
            MODULE,
            "Greeting",
            None,
            lessons,
            {one: HandedIn(NOW, late=False, waiting=False, minutes={}) for one in self.trainees},
            results_of(*self.trainees),
            read_survey(self.root, MODULE, self.trainees),
        )
        everyone = Cohort(
            "A toy course",
            {one: one for one in self.trainees},
            [module],
            {},
            load_survey(self.root),
            load_course(self.root).survey.anonymous,
        )
        place = lesson_place(lesson) if lesson else module_place(MODULE)
        page = pages(everyone, Frame(language, NOW))[place]()
        _before, part = page.split('<section id="survey">')
        return part.split("</section>")[0]


@pytest.fixture
def desks(toy: Path) -> Desks:
    return Desks(toy)


# --- ratings


def test_ratings_are_counted_step_by_step(desks: Desks) -> None:
    desks.all_say("clear", ["5", "1", "4", "4", "2", "4", "5"])
    assert desks.ratings() == Ratings(counts=(1, 1, 0, 3, 2), median=4)


def test_the_median_can_lie_between_two_steps(desks: Desks) -> None:
    desks.all_say("clear", ["1", "2", "3", "4", "5", "5"])
    found = desks.ratings()
    assert found is not None
    assert (found.n, found.median) == (6, 3.5)


def test_the_table_says_what_the_figure_shows(desks: Desks) -> None:
    desks.all_say("clear", ["5", "1", "4", "4", "2", "4", "5"])
    assert "It was clear 1 = not at all, 5 = very much 1 1 0 3 2 7 4" in Tags(desks.html()).text


def test_a_bar_has_its_steps_side_by_side(desks: Desks) -> None:
    desks.all_say("clear", ["1", "2", "2", "5", "5", "5", "5", "5"])
    figure = desks.section().figure
    bars = [trace for trace in figure.data if trace.type == "bar"]  # type: ignore[union-attr]
    assert [(bar.name, *bar.base, *bar.text) for bar in bars] == [
        ("1", 0.0, "1"), ("2", 0.125, "2"), ("3", 0.375, ""), ("4", 0.375, ""), ("5", 0.375, "5"),
    ]  # fmt: skip


def test_lessons_stand_side_by_side(desks: Desks) -> None:
    desks.all_say("clear", ["1"] * 5)
    desks.all_say("clear", ["5"] * 6, OTHER)
    [question] = desks.section(None).rated
    assert question.by_lesson == {
        LESSON: Ratings((5, 0, 0, 0, 0), 1),
        OTHER: Ratings((0, 0, 0, 0, 6), 5),
    }


# --- hidden below five


@pytest.mark.parametrize(("answers", "shown"), [(0, False), (4, False), (5, True)])
def test_ratings_are_shown_from_five_on(desks: Desks, answers: int, shown: bool) -> None:  # noqa: FBT001
    desks.all_say("clear", ["3"] * answers)
    assert (desks.ratings() is not None) == shown


@pytest.mark.parametrize(("answers", "shown"), [(0, False), (4, False), (5, True)])
def test_comments_are_shown_from_five_on(desks: Desks, answers: int, shown: bool) -> None:  # noqa: FBT001
    desks.all_say("change", ["Less plastic."] * answers)
    assert (desks.comments() is not None) == shown


def test_what_is_hidden_is_nowhere_in_the_page(desks: Desks) -> None:
    desks.all_say("clear", ["3"] * 5)
    desks.all_say("change", ["Less plastic."] * 4)
    html = desks.html(None)
    assert ("plastic" in html, html.count(f">{HIDDEN}<")) == (False, 3)


def test_a_module_does_not_add_up_what_its_lessons_hide(desks: Desks) -> None:
    for lesson in (LESSON, OTHER):
        desks.all_say("clear", ["3"] * 4, lesson)
    [question] = desks.section(None).rated
    assert question.by_lesson == {LESSON: None, OTHER: None}


@pytest.mark.parametrize(("language", "words"), [("en", HIDDEN), ("zh", "不到 5 份回答，不显示")])
def test_the_figure_says_what_is_hidden(desks: Desks, language: Language, words: str) -> None:
    desks.all_say("clear", ["3"] * 4)
    figure = desks.section(language=language).figure
    written = [line for trace in figure.data for line in trace.text or ()]  # type: ignore[union-attr]
    assert f"<i>{words}</i>" in written


# --- anonymous


def test_no_name_is_in_the_part_on_the_survey(desks: Desks) -> None:
    for trainee in TRAINEES:
        desks.says(f"{trainee}-of-branch-7", clear="4", change="More time.")
        desks.tell(f"{trainee}-of-branch-7")
    assert "branch" not in desks.html(None)


def test_the_order_of_comments_does_not_follow_the_trainees(tmp_path: Path) -> None:
    words = ["Delta.", "Alpha.", "Echo.", "Bravo.", "Charlie."]
    orders = []
    for turn in range(5):
        desks = Desks(Path(shutil.copytree(TOY, tmp_path / str(turn))))
        desks.all_say("change", words[turn:] + words[:turn])
        orders.append(desks.comments())
    assert orders == [[Said(one) for one in sorted(words)]] * 5


def test_comments_have_names_where_the_course_asks_by_name(desks: Desks) -> None:
    desks.ask_by_name()
    for trainee in TRAINEES:
        desks.says(trainee, change=f"I am {trainee}.")
        desks.tell(trainee)
    assert [one.trainee for one in desks.comments() or ()] == ["li", "lin", "qian", "sun", "zhao"]
    assert "lin I am lin." in Tags(desks.html()).text


def test_who_was_told_otherwise_stays_without_a_name(desks: Desks) -> None:
    for trainee in TRAINEES:
        desks.says(trainee, change=f"I am {trainee}.")
    desks.tell("lin")
    desks.ask_by_name()
    desks.tell("zhao")
    assert [one for one in desks.comments() or () if one.trainee] == [Said("I am zhao.", "zhao")]


def test_a_name_given_before_is_not_shown_once_the_course_is_anonymous(desks: Desks) -> None:
    for trainee in TRAINEES:
        desks.says(trainee, change="Less plastic.")
        told = json.dumps({"survey": {"use": "survey"}})
        (desks.folder(trainee) / f"{LESSON}.lesson.json").write_text(told)
    assert desks.comments() == [Said("Less plastic.")] * 5


@pytest.mark.parametrize(
    ("anonymous", "language", "sentence"),
    [
        (True, "en", "Reported without names, and only from 5 answers on"),
        (True, "zh", "报告里不写姓名，满 5 份回答才显示"),
        (False, "en", "Your instructor can read your answers together with your name"),
        (False, "zh", "讲师能看到你的回答和姓名"),
    ],
)
def test_trainees_are_told_whether_their_names_are_shown(
    desks: Desks,
    anonymous: bool,  # noqa: FBT001
    language: Language,
    sentence: str,
) -> None:
    if not anonymous:
        desks.ask_by_name()
    write(build(desks.root, language), desks.root / "built")
    widget = Lesson(LESSON, desks.root / "built" / MODULE).survey()
    assert widget is not None
    assert sentence in widget.words[widget.quiz["use"]]


# --- hostile and broken


def test_a_hostile_comment_is_text(desks: Desks) -> None:
    desks.all_say("change", [f"{ATTACK} {number}" for number in range(5)])
    part = Tags(desks.html())
    assert (part.named("img"), part.text.count(ATTACK)) == ([], 5)


def test_a_hostile_name_is_text(desks: Desks) -> None:
    desks.ask_by_name()
    names = [f"<img onerror={number}>" for number in range(5)]
    for name in names:
        desks.says(name, change="Hello.")
        desks.tell(name)
    part = Tags(desks.html())
    assert (part.named("img"), [name in part.text for name in names]) == ([], [True] * 5)


def test_a_comment_is_one_line_without_control_characters(desks: Desks) -> None:
    desks.all_say("change", ["Too \x1b[31mlong.\x00\n\n\tSplit\x07 it."] * 5)
    assert desks.comments() == [Said("Too long. Split it.")] * 5


def test_a_long_comment_is_cut_off(desks: Desks) -> None:
    desks.all_say("change", ["长" * (LONGEST + 1)] * 5)
    assert desks.comments() == [Said("长" * (LONGEST - 1) + "…")] * 5


def test_a_comment_of_nothing_that_can_be_seen_does_not_count(desks: Desks) -> None:
    desks.all_say("change", ["Less plastic."] * 4 + ["\x00\x07"])
    assert desks.comments() is None


def test_a_damaged_file_loses_only_what_its_trainee_said(desks: Desks) -> None:
    desks.all_say("clear", ["1", "2", "3", "4", "5", "5"])
    for name in files_of(survey_of(LESSON)):
        (desks.folder("trainee-000") / name).write_bytes(b'{"schema": 1, "les')
    assert desks.ratings() == Ratings((0, 1, 1, 1, 2), 4)


def test_a_damaged_file_is_read_from_its_backup(desks: Desks) -> None:
    desks.all_say("clear", ["1", "2", "3", "4", "5"])
    (desks.folder("trainee-000") / files_of(survey_of(LESSON))[0]).write_bytes(b"{")
    assert desks.ratings() == Ratings((1, 1, 1, 1, 1), 3)


@pytest.mark.parametrize("value", ["6", "0", "", 3, ["3"], {"a": "3"}, None, True])
def test_what_is_no_step_does_not_count(desks: Desks, value: object) -> None:
    desks.all_say("clear", ["3"] * 5)
    for name in files_of(survey_of(LESSON)):
        file = desks.folder("trainee-000") / name
        sheet = json.loads(file.read_text())
        sheet["answers"]["clear"]["value"] = value
        file.write_text(json.dumps(sheet))
    assert desks.ratings() is None


def test_a_file_of_another_lesson_does_not_count(desks: Desks) -> None:
    desks.all_say("clear", ["3"] * 5, OTHER)
    for trainee in desks.trainees:
        for ours, theirs in zip(
            files_of(survey_of(LESSON)), files_of(survey_of(OTHER)), strict=True
        ):
            shutil.copy(desks.folder(trainee) / theirs, desks.folder(trainee) / ours)
    assert desks.ratings() is None


def test_a_course_without_a_survey_has_no_such_part(desks: Desks, known: str) -> None:
    (desks.root / "course/survey.yaml").unlink()
    made = pages(read_cohort(desks.root, known, "en"), Frame("en", NOW))
    assert [place for place, page in made.items() if 'id="survey"' in page()] == []


# --- from the gradebook to a file


@pytest.fixture
def known(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a gradebook that knows five trainees, all of whom are graded."""
    # nbgrader runs `alembic` by name, which lies beside this Python.
    path = os.pathsep.join([os.environ["PATH"], str(Path(sys.executable).parent)])
    monkeypatch.setenv("PATH", path)
    url = f"sqlite:///{desks.root / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(MODULE)
        for trainee in TRAINEES:
            gradebook.add_student(trainee)
            gradebook.add_submission(MODULE, trainee)
            (desks.root / "autograded" / trainee / MODULE).mkdir(parents=True)
    return url


def test_the_report_counts_those_whom_the_gradebook_knows(desks: Desks, known: str) -> None:
    for trainee in [*TRAINEES, "stranger"]:
        desks.says(trainee, clear="1" if trainee == "stranger" else "4")
    everyone = read_cohort(desks.root, known, "en")
    page = pages(everyone, Frame("en", NOW))[module_place(MODULE)]()
    assert "The first call 0 0 0 5 0 5 4" in Tags(page).text


def test_with_codes_no_comment_has_a_name(desks: Desks, known: str) -> None:
    desks.ask_by_name()
    for trainee in TRAINEES:
        desks.says(trainee, change="Less plastic.")
        desks.tell(trainee)
    everyone = read_cohort(desks.root, known, "en").under_codes(dict.fromkeys(TRAINEES, "X1"))
    page = pages(everyone, Frame("en", NOW))[module_place(MODULE)]()
    assert Tags(page).text.count("X1 Less plastic.") == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_read_in_the_language_of_the_page(
    desks: Desks, language: Language
) -> None:
    desks.all_say("clear", ["3"] * 5)
    survey = load_survey(desks.root)
    assert survey is not None
    text = Tags(desks.html(None, language)).text
    assert [one.id for one in survey.items if one.stem[language] not in text] == []


# --- apart from grades


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that asks for opinions in its lesson, graded: lin has one, zhao has none."""
    course = only_first_lesson(tmp_path_factory.mktemp("surveyed"))
    for language in LANGUAGES:
        text = course / f"course/{MODULE}/{LESSON}.{language}.md"
        cell = "\n```{code-cell} ipython3\nlesson.survey()\n```\n"
        text.write_text(text.read_text() + cell)
    write(build(course), course / "source")
    must(course, "generate_assignment", MODULE)
    for trainee in ("lin", "zhao"):
        hand_in(course, trainee)
    Desks(course).says("lin", clear="1", change="Less plastic.")
    with changed(course / "submitted/lin" / MODULE) as notebook:
        # JupyterLab saves what was on the screen.
        seen = nbformat.v4.new_output("display_data", {"text/plain": "Less plastic."})
        notebook.cells[-1].outputs = [seen]
    must(course, "autograde", MODULE)
    must(course, "generate_feedback", MODULE)
    return course


@pytest.mark.path
def test_what_was_said_is_only_in_the_submission(graded: Path) -> None:
    said = {
        path.relative_to(graded).parts[0]
        for path in graded.rglob("*")
        if path.is_file() and b"Less plastic" in path.read_bytes()
    }
    assert said == {"submitted"}


@pytest.mark.path
@pytest.mark.parametrize("place", ["autograded", "feedback"])
def test_no_survey_file_goes_with_the_grades(graded: Path, place: str) -> None:
    assert list((graded / place).rglob("*.survey.*")) == []


@pytest.mark.path
def test_the_feedback_says_that_the_survey_is_kept_apart(graded: Path) -> None:
    page = (graded / "feedback/lin" / MODULE / f"{LESSON}.html").read_text()
    assert "survey is kept apart from grading" in page


@pytest.mark.path
def test_what_is_said_changes_no_score(graded: Path) -> None:
    assert gradebook_score(graded, "lin") == gradebook_score(graded, "zhao") == 8
