"""The report on a cohort: who has mastered what, who needs help, and its pages."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from nbgrader.api import Gradebook

from clientcourse.authoring.load import load_bank
from clientcourse.cli import main
from clientcourse.errors import CourseError
from clientcourse.grading.batch.submissions import Submission
from clientcourse.grading.digest import LessonDigest, active_minutes, digests
from clientcourse.grading.results import ItemResult
from clientcourse.language import LANGUAGES, Language
from clientcourse.report.attention import needs
from clientcourse.report.codes import FILE, codes
from clientcourse.report.cohort import (
    Cohort,
    Goal,
    HandedIn,
    LessonCohort,
    ModuleCohort,
    read_cohort,
)
from clientcourse.report.mastery import Mastery, mastery
from clientcourse.report.render import Frame
from clientcourse.report.write import pages
from clientcourse.scoring import Verdict
from tests.conftest import TOY
from tests.report_pages import Tags

BESIDE = Path(sys.executable).parent
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
ITEMS = load_bank(TOY, "greeting", "first-call").graded_items()
ASKED = {item.id: item.objective for item in ITEMS}
every_language = pytest.mark.parametrize("language", LANGUAGES)


def result(
    trainee: str, item: str, share: float = 1.0, verdict: Verdict | None = None
) -> ItemResult:
    full = next(one.points for one in ITEMS if one.id == item)
    found: Verdict = "right" if share == 1 else "partly" if share else "wrong"
    return ItemResult(trainee, "first-call", item, share * full, full, verdict or found, None)


def everything(trainee: str, share: float = 1.0) -> list[ItemResult]:
    return [result(trainee, item.id, share) for item in ITEMS]


def handed_in(*, late: bool = False, waiting: bool = False, minutes: float = 20) -> HandedIn:
    return HandedIn(NOON, late, waiting, {"first-call": minutes})


def cohort(
    results: Mapping[str, Sequence[ItemResult]],
    absent: Sequence[str] = (),
    due: datetime | None = None,
    **about: HandedIn,
) -> Cohort:
    """Return a cohort of one module and lesson: results by trainee, and who handed in nothing."""
    module = ModuleCohort(
        "greeting",
        "Greeting",
        due,
        [LessonCohort("first-call", "The first call", ITEMS)],
        {one: about.get(one, handed_in()) for one in results},
        [one for found in results.values() for one in found],
    )
    goals = {id_: Goal(f"About {id_}.", "The first call", "") for id_ in ASKED.values()}
    everyone = sorted([*results, *absent])
    return Cohort("A toy course", {one: one for one in everyone}, [module], goals)


def known(of: Cohort) -> Mastery:
    [module] = of.modules
    return mastery(module.results, {"first-call": ITEMS}, list(of.goals), list(of.trainees))


def written(of: Cohort, place: str, language: Language = "en") -> str:
    return pages(of, Frame(language, NOON))[place]()


PLACES = ["index.html", "greeting.html", "lessons/first-call.html"]


# --- mastery


def test_mastery_is_the_share_of_the_points_of_all_items_of_an_objective() -> None:
    of = ["say-name", "two-of-four"]
    items = [item.model_copy(update={"objective": "both"}) for item in ITEMS if item.id in of]
    found = mastery(
        [result("lin", "say-name"), result("lin", "two-of-four", 0.5)],
        {"first-call": items},
        ["both"],
        ["lin"],
    )
    assert found.shares.tolist() == [[0.75]]


@pytest.mark.parametrize("verdict", ["pending", "ungradable"])
def test_what_is_not_graded_yet_says_nothing_of_mastery(verdict: Verdict) -> None:
    found = mastery(
        [result("lin", "say-name", 0, verdict)], {"first-call": ITEMS}, [ASKED["say-name"]], ["lin"]
    )
    assert np.isnan(found.shares).all()


def test_an_unanswered_item_is_not_mastered() -> None:
    found = mastery(
        [result("lin", "say-name", 0, "missing")],
        {"first-call": ITEMS},
        [ASKED["say-name"]],
        ["lin"],
    )
    assert found.weak() == {ASKED["say-name"]: 1}


def test_who_was_not_asked_is_not_in_the_mean() -> None:
    found = Mastery(["a"], ["lin", "zhao", "qian"], np.array([[1.0, np.nan, 0.5]]))
    assert (found.mean(), found.weak()) == ({"a": 0.75}, {"a": 0})


def test_an_objective_that_nobody_was_asked_for_has_no_mean() -> None:
    assert Mastery(["a"], ["lin"], np.array([[np.nan]])).mean() == {"a": None}


def test_the_weakest_objectives_come_first_and_mastered_ones_not_at_all() -> None:
    found = Mastery(["a", "b", "c"], ["lin"], np.array([[0.4], [0.9], [0.1]]))
    assert found.weakest_of("lin", 5) == ["c", "a"]


# --- who needs help


def named(of: Cohort, now: datetime = NOON) -> list[str]:
    return [one.trainee for one in needs(of, known(of), now)]


def test_who_earned_little_needs_help() -> None:
    of = cohort({"lin": everything("lin", 0.5), "zhao": everything("zhao", 0.6)})
    assert named(of) == ["lin"]


def test_who_left_a_fifth_open_needs_help() -> None:
    few = [
        dataclasses.replace(one, points=0.0, verdict="missing") if one.item in left else one
        for left in [{"is-it-so", "in-order"}]
        for one in everything("lin")
    ]
    assert named(cohort({"lin": few, "zhao": everything("zhao")})) == ["lin"]


def test_after_the_date_who_has_handed_in_nothing_needs_help() -> None:
    of = cohort({}, absent=["lin"], due=NOON)
    assert (named(of, NOON), named(of, NOON + timedelta(minutes=1))) == ([], ["lin"])


def test_without_a_date_half_of_the_trainees_set_it() -> None:
    one_of_three = cohort({"lin": everything("lin")}, absent=["zhao", "qian"])
    two_of_three = cohort({"lin": everything("lin"), "zhao": everything("zhao")}, absent=["qian"])
    assert (named(one_of_three), named(two_of_three)) == ([], ["qian"])


def test_what_is_missing_is_more_urgent_than_a_low_score() -> None:
    of = cohort({"lin": everything("lin", 0.1), "zhao": everything("zhao")}, absent=["qian"])
    assert named(of) == ["qian", "lin"]


def test_help_begins_with_the_weakest_objectives() -> None:
    found = Mastery(["a", "b", "c", "d"], ["lin"], np.array([[0.4], [0.9], [0.1], [0.2]]))
    [need] = needs(cohort({"lin": everything("lin", 0.4)}), found, NOON)
    assert need.weakest == ("c", "d", "a")


# --- time


def test_time_is_added_up_from_answer_to_answer() -> None:
    moments = [NOON + timedelta(minutes=minute) for minute in (0, 4, 10)]
    assert active_minutes(moments[::-1]) == 10


def test_a_pause_is_no_time() -> None:
    moments = [NOON + timedelta(minutes=minute) for minute in (0, 4, 15, 17)]
    assert active_minutes(moments) == 6


def test_a_single_answer_takes_no_known_time() -> None:
    assert active_minutes([NOON]) is None


# --- codes


def test_a_code_stays_with_its_trainee(tmp_path: Path) -> None:
    first = codes(tmp_path, ["lin", "zhao"])
    assert codes(tmp_path, ["zhao", "qian", "lin"]).items() >= first.items()


def test_codes_differ_and_tell_nothing(tmp_path: Path) -> None:
    found = codes(tmp_path, [f"lin-{number}" for number in range(500)])
    assert len(set(found.values())) == 500
    assert not any("lin" in code for code in found.values())


def test_only_its_owner_can_read_whose_codes_they_are(tmp_path: Path) -> None:
    codes(tmp_path, ["lin"])
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", PLACES)
def test_with_codes_no_page_names_a_trainee(tmp_path: Path, place: str) -> None:
    of = cohort({"lin-mei": everything("lin-mei", 0.2)}, absent=["zhao-jun"])
    page = written(of.under_codes(codes(tmp_path, of.trainees)), place)
    assert ("lin-mei" in page, "zhao-jun" in page) == (False, False)


# --- pages


def test_there_is_a_page_for_the_cohort_each_module_and_each_lesson() -> None:
    assert list(pages(cohort({}), Frame("en", NOON))) == PLACES


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("trainees", [[], ["lin"], ["lin", "zhao"]])
@every_language
def test_every_page_can_be_made(trainees: list[str], place: str, language: Language) -> None:
    page = written(cohort({one: everything(one) for one in trainees}), place, language)
    assert len(Tags(page).named("h1")) == 1


@pytest.mark.parametrize("place", PLACES)
def test_pages_lead_to_each_other_and_nowhere_else(place: str) -> None:
    links = [
        tag["href"] or ""
        for tag in Tags(written(cohort({"lin": everything("lin")}), place)).named("a")
    ]
    to = {
        str((Path("/") / place).parent.joinpath(link).resolve())
        for link in links
        if not link.startswith("#")
    }
    assert to <= {f"/{one}" for one in PLACES}


@pytest.mark.parametrize("hostile", ["<img onerror=alert(1) src=x>", "=cmd|' /C calc'!A0", "@x"])
@pytest.mark.parametrize("place", PLACES)
def test_a_hostile_name_is_text(hostile: str, place: str) -> None:
    page = written(cohort({hostile: everything(hostile, 0.2)}), place)
    parsed = Tags(page)
    assert (hostile in parsed.text, parsed.named("img")) == (True, [])


def test_a_page_says_how_many_have_handed_in_late_and_what_waits() -> None:
    of = cohort(
        {"lin": everything("lin"), "zhao": everything("zhao")},
        absent=["qian"],
        lin=handed_in(late=True),
        zhao=handed_in(waiting=True),
    )
    text = Tags(written(of, "greeting.html")).text
    assert "Handed in 2 / 3 Mean score 100.0% Median score 100.0% Late 1 To be marked 1" in text


def test_the_time_of_a_module_is_the_middle_one() -> None:
    of = cohort(
        {one: everything(one) for one in ("lin", "zhao", "qian")},
        lin=handed_in(minutes=10),
        zhao=handed_in(minutes=44),
        qian=handed_in(minutes=900),
    )
    assert "The first call 6 100% 0% 44" in Tags(written(of, "greeting.html")).text


@pytest.mark.parametrize("place", PLACES)
def test_headings_skip_no_level(place: str) -> None:
    levels = [
        int(tag[1])
        for tag, _ in Tags(written(cohort({"lin": everything("lin", 0.3)}), place)).tags
        if tag in {"h1", "h2", "h3", "h4"}
    ]
    assert max(after - before for before, after in pairwise(levels)) == 1


# --- from the gradebook to files


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a toy course with two trainees, one of whom has handed in an empty folder."""
    # nbgrader runs `alembic` by name, which lies beside this Python.
    monkeypatch.setenv("PATH", os.pathsep.join([os.environ["PATH"], str(BESIDE)]))
    root = Path(shutil.copytree(TOY, tmp_path / "toy"))
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment("greeting", duedate="2026-03-09 11:00:00 UTC")
        gradebook.add_student("lin", first_name="Mei", last_name="Lin")
        gradebook.add_student("zhao")
        gradebook.add_submission("greeting", "lin", timestamp=NOON.replace(tzinfo=None))
    (root / "autograded/lin/greeting").mkdir(parents=True)
    return root


def read(root: Path) -> Cohort:
    return read_cohort(root, f"sqlite:///{root / 'gradebook.db'}", "en")


def test_those_who_ask_at_the_same_time_are_not_in_each_others_way(tmp_path: Path) -> None:
    one = Submission(tmp_path, "greeting", "lin")
    one.graded.mkdir(parents=True)
    lessons = [f"lesson-{number}" for number in range(200)]
    for lesson in lessons:
        (one.graded / f"{lesson}.ipynb").write_text('{"cells": []}')
    # Threads, as they have the same process number, as those have who ask from several containers.
    with ThreadPoolExecutor(8) as several:
        found = list(several.map(lambda lesson: digests(one, [lesson]), lessons))
    assert found == [{lesson: LessonDigest([], None)} for lesson in lessons]
    assert [path.name for path in (tmp_path / "build/results/greeting").iterdir()] == ["lin.json"]


def test_what_cannot_be_kept_leaves_nothing_behind(tmp_path: Path) -> None:
    one = Submission(tmp_path, "greeting", "lin")
    one.graded.mkdir(parents=True)
    (one.graded / "first-call.ipynb").write_text('{"cells": []}')
    (tmp_path / "build/results/greeting/lin.json").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        digests(one, ["first-call"])
    assert [path.name for path in (tmp_path / "build/results/greeting").iterdir()] == ["lin.json"]


def test_everyone_in_the_gradebook_is_in_the_cohort(graded: Path) -> None:
    assert read(graded).trainees == {"lin": "Mei Lin (lin)", "zhao": "zhao"}


def test_late_is_what_came_after_the_date_in_the_gradebook(graded: Path) -> None:
    [module] = read(graded).modules
    assert {one: found.late for one, found in module.handed_in.items()} == {"lin": True}


def test_who_got_more_time_is_not_late(graded: Path) -> None:
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as gradebook:
        gradebook.find_submission("greeting", "lin").extension = timedelta(days=1)
        gradebook.db.commit()
    [module] = read(graded).modules
    assert module.handed_in["lin"].late is False


def test_the_date_in_the_gradebook_is_the_modules_where_the_course_has_none(graded: Path) -> None:
    assert read(graded).modules[0].due == datetime(2026, 3, 9, 11, tzinfo=UTC)


def test_of_what_is_not_graded_yet_nothing_is_said(graded: Path) -> None:
    (graded / "autograded/lin/greeting").rmdir()
    [module] = read(graded).modules
    assert (module.results, list(module.handed_in)) == ([], ["lin"])


def test_the_command_reads_the_gradebook_that_the_course_names(graded: Path) -> None:
    (graded / "gradebook.db").rename(graded / "elsewhere.db")
    config = f"c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///{graded / 'elsewhere.db'}'\n"
    (graded / "nbgrader_config.py").write_text(config)
    assert main(["--root", str(graded), "report"]) == 0


def test_pages_with_codes_lie_apart_from_those_with_names(graded: Path) -> None:
    for options in ([], ["--codes"]):
        main(["--root", str(graded), "report", *options])
    assert sorted(path.name for path in (graded / "build").iterdir()) == ["report", "report-codes"]


def test_an_unknown_module_is_named_with_those_there_are(graded: Path) -> None:
    with pytest.raises(CourseError, match=r"farewell.*greeting"):
        read_cohort(graded, f"sqlite:///{graded / 'gradebook.db'}", "en", ["farewell"])


def test_the_command_writes_pages_with_codes(graded: Path) -> None:
    done = subprocess.run(
        [BESIDE / "clientcourse", "--root", graded, "report", "--codes"],
        capture_output=True,
        text=True,
        check=True,
    )
    [code] = [one for id_, one in json.loads((graded / FILE).read_text()).items() if id_ == "lin"]
    first = Path(done.stdout.splitlines()[0])
    text = (first.parent / "greeting.html").read_text(encoding="utf-8")
    assert (first.name, code in text, "Mei" in text) == ("index.html", True, False)
