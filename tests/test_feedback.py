"""The page that trainees get back: through real grading and `nbgrader generate_feedback`."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
import pytest
import yaml
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Locator, Page, expect

from clientcourse.authoring.build import build, write
from clientcourse.authoring.load import load_bank
from clientcourse.difference import Difference, difference
from clientcourse.explain import explain
from clientcourse.grading.next_steps import Earned, Taught, taught_elsewhere, weakest
from clientcourse.items import NumberQuestion, TableItem, Tolerance
from clientcourse.language import Language
from clientcourse.scoring import score
from clientcourse.values import Json
from tests.conftest import ROOT, TOY
from tests.gallery import GALLERY, expect_accessible
from tests.test_path import must

HOSTILE = "<img src=x onerror=alert(1)>"
LONG = "no-end-to-this-word" * 12

# One objective for each kind of next step: taught here, taught elsewhere, asked and right.
_OBJECTIVES = {
    "greet-order": ("顺序要对。", "Keep to the order."),
    "greet-numbers": ("会算平均数。", "Work out a mean."),
    "greet-tables": ("会挑出行。", "Pick out rows."),
}
_TAUGHT = """teaches:
  - {under: {zh: 怎样称呼, en: What to call people}, objectives: [greet-name]}
  - {under: {zh: 先后, en: What comes first}, objectives: [greet-order]}
"""
_TAUGHT_LATER = """teaches:
  - {under: {zh: 平均数, en: Means and medians}, objectives: [greet-numbers]}
"""


def toy_course(to: Path, language: Language = "en") -> Path:
    """Make the toy course with several objectives, taught under headings of both lessons."""
    shutil.copytree(TOY / "course", to / "course")
    shutil.copy(ROOT / "nbgrader_config.py", to)
    folder = to / "course" / "greeting"
    objectives = yaml.safe_load((to / "course/objectives.yaml").read_text())
    objectives["modules"][0]["objectives"] += [
        {"id": id_, "zh": zh, "en": en} for id_, (zh, en) in _OBJECTIVES.items()
    ]
    (to / "course/objectives.yaml").write_text(yaml.safe_dump(objectives, allow_unicode=True))
    bank = folder / "first-call.items.yaml"
    text = bank.read_text()
    for item, objective in {
        "in-order": "greet-order",
        "mean-reply": "greet-numbers",
        "late-ones": "greet-tables",
    }.items():
        text = text.replace(f"- id: {item}\n", f"- id: {item}\n@", 1)
        text = re.sub(r"@( +)objective: greet-name", rf"\1objective: {objective}", text)
    reread = "        reread: {zh: 怎样称呼, en: What to call people}\n"
    text = text.replace("        stem: {zh: 题干单选", f"{reread}        stem: {{zh: 题干单选")
    bank.write_text(_TAUGHT + text)
    later = folder / "second-call.items.yaml"
    later.write_text(_TAUGHT_LATER + later.read_text())
    for name, tongue, added in (
        ("first-call", "en", "\n## What to call people\n\n## What comes first\n\nListen.\n"),
        ("first-call", "zh", "\n## 怎样称呼\n\n叫名字。\n\n## 先后\n\n先听。\n"),
        ("second-call", "en", "\n## Means and medians\n"),
        ("second-call", "zh", "\n## 平均数\n"),
    ):  # fmt: skip
        file = folder / f"{name}.{tongue}.md"
        file.write_text(file.read_text() + added)
    settings = to / "course/course.yaml"
    settings.write_text(settings.read_text().replace("language: en", f"language: {language}"))
    write(build(to), to / "source")
    return to


def hand_in(
    course: Path, trainee: str, clicks: Mapping[str, Json], code: Mapping[str, str]
) -> None:
    """Submit clicks, and code that follows what the exercises give."""
    desk = course / "submitted" / trainee / "greeting"
    shutil.copytree(course / "release/greeting", desk)
    answers = {
        item: {"value": value, "at": "2026-03-02T09:00:00Z", "by": "widget"}
        for item, value in clicks.items()
    }
    sheet = {"schema": 1, "lesson": "first-call", "trainee": trainee, "variant": 0}
    (desk / "first-call.answers.json").write_text(json.dumps({**sheet, "answers": answers}))
    notebook = nbformat.read(desk / "first-call.ipynb", as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("exercise-")
        if name in code:
            cell.source = cell.source.replace("lesson.answer(", f"{code[name]}\nlesson.answer(")
    nbformat.write(notebook, desk / "first-call.ipynb")


RIGHT = {
    "say-name": "c",
    "two-of-four": ["a", "c"],
    "is-it-so": "false",
    "in-order": ["listen", "greet", "solve", "call-back"],
}
# One of everything: seven points lost on the order and the table, two on the mean.
WRONG = {**RIGHT, "say-name": "a", "in-order": ["call-back", "solve", "greet", "listen"]}
_SPOILT = f"""
import pandas as pd
late = complaints[complaints["first_reply_hours"] > 24][["complaint_id", "first_reply_hours"]]
late = late.astype(object).iloc[1:]  # one is missing
late.iloc[0, 1] = None  # one has another value
late = pd.concat([late, late.iloc[1:2]])  # one stands twice
late.loc[len(late) + 1000] = [{HOSTILE + LONG!r}, 7]  # one does not belong
"""
CODE = {"mean-reply": "mean_reply = 99.25", "late-ones": _SPOILT}
SOLVED = {
    "mean-reply": 'mean_reply = complaints["first_reply_hours"].mean()',
    "late-ones": 'late = complaints[complaints["first_reply_hours"] > 24]',
}
_HUGE = """
import pandas as pd
late = pd.DataFrame({"complaint_id": [f"X{n}" for n in range(40_000)], "first_reply_hours": 1.5})
"""


def page_of(course: Path, trainee: str) -> Path:
    return course / "feedback" / trainee / "greeting" / "first-call.html"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy course, graded; a person has marked, commented and taken points off."""
    course = toy_course(tmp_path_factory.mktemp("course"))
    must(course, "generate_assignment", "greeting")
    hand_in(course, "wrong", WRONG, CODE)
    hand_in(course, "right", RIGHT, SOLVED)
    hand_in(course, "huge", RIGHT, {**SOLVED, "late-ones": _HUGE})
    hand_in(course, "marked", WRONG, CODE)
    hand_in(course, "waits", RIGHT, SOLVED)
    must(course, "autograde", "greeting")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        where = ("first-call", "greeting", "marked")
        gradebook.find_grade("grade-first-quiz", *where).manual_score = 7.5
        gradebook.find_grade("grade-mean-reply", *where).extra_credit = 0.5
        gradebook.find_grade("grade-late-ones", *where).needs_manual_grade = True
        comment = gradebook.find_comment("exercise-mean-reply", *where)
        comment.manual_comment = f"Look at the **unit**. {HOSTILE}"
        gradebook.find_submission_notebook(*where).late_submission_penalty = 2
        open_ = gradebook.find_grade("grade-late-ones", "first-call", "greeting", "waits")
        open_.needs_manual_grade = True
        gradebook.db.commit()
    must(course, "generate_feedback", "greeting")
    return course


@pytest.fixture
def shown(course: Path, browser: Browser) -> Iterator[Page]:
    """The page of the trainee who got much wrong, on a desktop."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(page_of(course, "wrong").as_uri())
    yield page
    page.close()


def open_page(browser: Browser, file: Path, **window: object) -> Page:
    page = browser.new_context(**window).new_page()  # type: ignore[arg-type]
    page.goto(file.as_uri())
    return page


def part(page: Page, name: str) -> Locator:
    return page.locator(f"#grade-{name}")


@pytest.mark.browser
def test_the_page_leads_from_the_total_to_the_lesson(shown: Page) -> None:
    assert shown.locator("h1, h2").all_inner_texts() == [
        "The first call",
        "Score by part",
        "What to look at next",
        "Questions",
        "Data exercises",
        "The whole lesson",
    ]


@pytest.mark.browser
def test_the_score_stands_first_in_all_and_by_part(shown: Page) -> None:
    expect(shown.locator(".total")).to_have_text("6.76 / 14")
    expect(shown.locator(".parts li")).to_have_text(
        ["First quiz 3 / 8", "Mean reply time 0 / 2", "Late replies 3.76 / 4"]
    )


@pytest.mark.browser
def test_the_weakest_objectives_come_first_and_lead_to_where_they_are_taught(shown: Page) -> None:
    order, mean = shown.locator(".next > ol > li").all()
    expect(order.locator(".goal")).to_have_text("Keep to the order.")
    expect(order).to_contain_text("0 of 3 points")
    expect(order.get_by_role("link")).to_have_text(["First quiz · question 4", "What comes first"])
    expect(mean.locator(".goal")).to_have_text("Work out a mean.")
    expect(mean).to_contain_text("Lesson “The first call 2”: Means and medians")


@pytest.mark.browser
@pytest.mark.parametrize("within", [".next", "#item-say-name"])
def test_a_link_into_the_lesson_shows_it_without_a_script(shown: Page, within: str) -> None:
    words = "What comes first" if within == ".next" else "What to call people"
    heading = shown.get_by_role("heading", name=words)
    expect(heading).to_be_hidden()
    shown.locator(within).get_by_role("link", name=words).click()
    expect(heading).to_be_in_viewport()


@pytest.mark.browser
def test_the_lesson_is_shown_on_request(shown: Page) -> None:
    text = shown.get_by_text("practice stem one")
    expect(text).to_be_hidden()
    shown.get_by_label("Show the lesson").check()
    expect(text).to_be_visible()


@pytest.mark.browser
def test_who_lost_nothing_is_told_so(course: Path, browser: Browser) -> None:
    page = open_page(browser, page_of(course, "right"))
    expect(page.locator(".next")).to_contain_text("You earned at least 60% of the points")


@pytest.mark.browser
def test_nobody_is_told_that_all_is_well_before_all_is_marked(
    course: Path, browser: Browser
) -> None:
    page = open_page(browser, page_of(course, "waits"))
    expect(page.locator(".next")).to_contain_text("Once your instructor has marked your answers")
    expect(page.locator(".next")).not_to_contain_text("60%")


@pytest.mark.browser
def test_each_question_has_the_own_answer_the_right_one_and_every_reason(shown: Page) -> None:
    question = shown.locator("#item-say-name")
    expect(question.locator("li")).to_have_text(
        [
            "✗ option alpha (your answer, not right)hidden reason alpha",
            "✗ option betahidden reason beta",
            "✓ option gamma (right answer)hidden reason gamma",
        ]
    )


@pytest.mark.browser
def test_a_number_stands_beside_the_expected_one_and_its_tolerance(shown: Page) -> None:
    expect(shown.locator("#item-mean-reply")).to_contain_text(
        "Your answer: 99.25 hours; expected: 14.28 hours, give or take 0.05 hours."
    )


@pytest.mark.browser
def test_a_table_is_told_apart_by_kind_with_a_row_of_each(shown: Page) -> None:
    table = shown.locator("#item-late-ones")
    cut = (HOSTILE + LONG)[:59] + "…"
    expect(table.locator("li")).to_have_text(
        [
            "Missing rows (1): K0002",
            f"Rows that do not belong (1): {cut}",
            "Rows given more than once (1): K0007",
            "Rows with other values (1) · first_reply_hours in 1: K0003",
        ]
    )
    expect(table.locator("tr")).to_have_text(
        [
            "Rowcomplaint_idfirst_reply_hours",
            "missingK000260.4",
            f"does not belong{cut}7",
            "repeatedK000747.9",
            "yoursK0003✗ NaN",
            "expectedK0003✓ 61.6",
        ]
    )


@pytest.mark.browser
def test_own_code_follows_what_differed(shown: Page) -> None:
    exercise = part(shown, "mean-reply")
    expect(exercise.locator("pre").first).to_contain_text("mean_reply = 99.25")
    expect(exercise).to_contain_text("Recorded: 99.25 hours")


def test_a_table_of_forty_thousand_rows_is_told_in_few_words(course: Path) -> None:
    page = page_of(course, "huge").read_text()
    assert "X4</code>, 39995 more" in page
    assert len(page) < 25_000


@pytest.mark.browser
def test_points_set_by_a_person_replace_what_was_scored(course: Path, browser: Browser) -> None:
    page = open_page(browser, page_of(course, "marked"))
    expect(page.locator(".total")).to_have_text("9.8 / 14")  # 7.5 + 0.5 + 3.8, two for being late
    expect(page.locator(".parts li")).to_have_text(
        [
            "First quiz 7.5 / 8",
            "Mean reply time 0.5 / 2",
            "Late replies Awaiting your instructor",
            "Late submission −2",
        ]
    )
    expect(part(page, "first-quiz")).to_contain_text("scored automatically: 3.")
    expect(part(page, "mean-reply")).to_contain_text("Extra credit among them: 0.5.")
    expect(page.locator("header")).to_contain_text("Still to be marked by your instructor: 1.")


@pytest.mark.browser
def test_what_a_person_has_marked_up_is_no_weakness(course: Path, browser: Browser) -> None:
    page = open_page(browser, page_of(course, "marked"))
    expect(page.locator(".goal")).to_have_text(["Work out a mean."])


@pytest.mark.browser
def test_a_comment_is_shown_with_its_markdown_and_runs_nothing(
    course: Path, browser: Browser
) -> None:
    page = open_page(browser, page_of(course, "marked"))
    comment = part(page, "mean-reply").locator("blockquote")
    expect(comment.locator("p strong")).to_have_text("unit")
    assert comment.locator("img").count() == 0


def test_the_page_forbids_itself_all_but_its_own_look(course: Path) -> None:
    page = page_of(course, "wrong").read_text()
    assert not re.search(r"<(script|link|iframe|img)|https?://| style=", page)
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    assert re.sub(r"sha256-[\w+/=]+", "sha256", policy) == (
        "default-src 'none'; style-src 'sha256'; img-src data:; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.browser
def test_the_policy_lets_the_look_through(course: Path, browser: Browser) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_of(course, "wrong").as_uri())
    expect(page.locator(".part").first).to_have_css("border-radius", "9.6px")
    assert said == []


@pytest.mark.browser
def test_the_first_key_leads_past_the_score(shown: Page) -> None:
    shown.keyboard.press("Tab")
    skip = shown.get_by_role("link", name="Skip to the feedback")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    shown.keyboard.press("Enter")
    shown.keyboard.press("Tab")
    expect(shown.locator(".parts a").first).to_be_focused()


@pytest.fixture(scope="module", params=["en", "zh"])
def wide_and_narrow(
    request: pytest.FixtureRequest, course: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The page with much on it, in each language."""
    if request.param == "en":
        return page_of(course, "wrong")
    other = toy_course(tmp_path_factory.mktemp("zh"), "zh")
    must(other, "generate_assignment", "greeting")
    hand_in(other, "wrong", WRONG, CODE)
    must(other, "autograde", "greeting")
    must(other, "generate_feedback", "greeting")
    return page_of(other, "wrong")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1200])
def test_the_page_is_for_everyone(
    wide_and_narrow: Path, browser: Browser, scheme: str, width: int
) -> None:
    window = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    page = open_page(browser, wide_and_narrow, **window)
    page.locator("#reading").check()
    expect_accessible(page, page.locator("body"), f"{wide_and_narrow} {scheme} {width}")


@pytest.mark.browser
def test_paper_is_white_and_nothing_is_cut_off(wide_and_narrow: Path, browser: Browser) -> None:
    # What is left of A4 between the margins.
    window = {"viewport": {"width": 673, "height": 1000}, "color_scheme": "dark"}
    page = open_page(browser, wide_and_narrow, **window)
    page.emulate_media(media="print")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("pre").first).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    cut = page.evaluate(
        """[...document.querySelectorAll("main *, header *")].filter((one) =>
            one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML)"""
    )
    assert cut == []


@pytest.mark.path
def test_what_was_graded_before_it_was_kept_is_not_told_either(
    course: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(course, tmp_path / "course"))
    bank = copy / "course/greeting/first-call.items.yaml"
    text = bank.read_text()
    bank.write_text(text.replace("- id: say-name\n", "- id: say-name\n        reuse: true\n"))
    must(copy, "generate_feedback", "greeting", "--student=wrong", "--force")
    page = page_of(copy, "wrong").read_text()
    assert "hidden reason gamma" not in page
    assert "option alpha" in page
    assert "6.76" in page


# The pure parts.


def test_a_lesson_that_is_not_finished_is_no_place_to_look_at(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TOY, tmp_path / "toy"))
    settings = root / "course/course.yaml"
    settings.write_text(settings.read_text().replace("second-call]", "second-call, later]"))
    write(build(TOY), root / "source")
    bank = root / "course/greeting/first-call.items.yaml"
    taught = "teaches:\n  - {under: {zh: 名字, en: The *name*}, objectives: [greet-name]}\n"
    bank.write_text(taught + bank.read_text())
    found = taught_elsewhere(root, "second-call", "greet-name", "en")
    assert found == [Taught("The first call", "The name")]


def test_the_most_points_lost_come_first_and_what_is_enough_is_left_out() -> None:
    items = load_bank(TOY, "greeting", "first-call")
    objectives = {"say-name": "b", "two-of-four": "a", "is-it-so": "enough", "in-order": "c",
                  "mean-reply": "c", "late-ones": "d"}  # fmt: skip
    bank = items.model_copy(
        update={
            "quizzes": [
                quiz.model_copy(
                    update={
                        "items": [
                            item.model_copy(update={"objective": objectives.get(item.id, "x")})
                            for item in quiz.items
                        ]
                    }
                )
                for quiz in items.quizzes
            ],
            "exercises": [
                item.model_copy(update={"objective": objectives[item.id]})
                for item in items.exercises
            ],
        }
    )
    earned = [
        Earned("say-name", 0, 2),
        Earned("two-of-four", 0, 2),
        Earned("is-it-so", 0.6, 1),
        Earned("in-order", 1, 3),
        Earned("mean-reply", 0, 2),
    ]
    found = [(one.id, one.points, one.max_points, one.items) for one in weakest(earned, bank)]
    assert found == [
        ("c", 1, 5, ("in-order", "mean-reply")),
        ("b", 0, 2, ("say-name",)),
        ("a", 0, 2, ("two-of-four",)),
    ]


LATE = next(
    one for one in load_bank(TOY, "greeting", "first-call").exercises if one.id == "late-ones"
)


def rows(*rows: list[Json]) -> Json:
    return {"columns": ["complaint_id", "first_reply_hours"], "rows": [*rows]}


def example(found: Difference | None) -> list[tuple[str, ...]]:
    assert found is not None
    return [row.cells for kind in found.kinds for row in kind.example]


@pytest.mark.parametrize(
    ("given", "expected", "own", "reference"),
    [
        (None, 30.0, "NaN", "30"),
        ("30", 30.0, "'30'", "30.0"),  # a text that looks like the number
        (30.00001, 31.0, "30", "31"),
        (123456789.5, 123456788.5, "123456789.5", "123456788.5"),
        (True, 1.5, "True", "1.5"),
        ("a\nb", "c", "a b", "c"),
    ],
)
def test_values_that_differ_look_different(
    given: Json, expected: Json, own: str, reference: str
) -> None:
    assert isinstance(LATE, TableItem)
    found = difference(LATE, rows(["K1", given]), rows(["K1", expected]))
    assert example(found) == [("K1", own), ("K1", reference)]


def test_tables_that_are_equal_do_not_differ() -> None:
    assert isinstance(LATE, TableItem)
    assert (
        difference(LATE, rows(["K2", None], ["K1", 30]), rows(["K1", 30.0], ["K2", None])) is None
    )


def test_a_number_that_has_to_be_exact_says_so() -> None:
    graded = load_bank(GALLERY, "gallery", "every-form").graded_items()
    [item] = [item for item in graded if item.id == "graded-number"]
    assert isinstance(item, NumberQuestion)
    exact = item.model_copy(update={"tolerance": Tolerance(), "answer": 79})
    told = explain(exact, 80, score(exact, 80), "en")
    assert told.reason == "Your answer: 80 %; expected: exactly 79 %."
