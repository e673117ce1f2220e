"""Model trainees of declared ability: reproducible, believable, and scored as real ones are."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import parse_utc
from scipy.stats import binom, spearmanr

from clientcourse.authoring.load import load_bank, load_survey
from clientcourse.cli import main
from clientcourse.clients import complaints
from clientcourse.grading.digest import PAUSE
from clientcourse.grading.results import read_results
from clientcourse.items import Bank, ShortItem
from clientcourse.language import LANGUAGES, Language
from clientcourse.report.statistics import trainee_totals
from clientcourse.scoring import Score, score
from clientcourse.simulation.answers import Asked, Clicked
from clientcourse.simulation.coding import Coded, Working, mistakes, solved, stand_in
from clientcourse.simulation.cohort import BadCohort, Cohort, Group, SimulatedTrainee
from clientcourse.simulation.course import make_course
from clientcourse.simulation.estimate import Estimate
from clientcourse.simulation.handout import hand_over
from clientcourse.simulation.results import simulated_results
from clientcourse.simulation.survey import survey_answers
from clientcourse.simulation.timing import FIRST_DUE, finished, moments
from clientcourse.values import fit
from tests.conftest import ROOT, TOY

GALLERY = load_bank(ROOT / "docs/gallery", "gallery", "every-form")
SURE = 1 - 1e-6
"""How much of a binomial distribution a share has to lie in."""


def clicked(bank: Bank) -> list[Clicked]:
    """Return what is answered in widgets or in words: in the gallery, of every form."""
    coded = {item.id for item in bank.coded()}
    return [item for item in bank.items() if item.id not in coded]  # type: ignore[misc]


def within(count: int, number: int, share: float) -> bool:
    low, high = binom.interval(SURE, number, share)
    return bool(low <= count <= high)


# --- the same again


def test_the_same_seed_gives_the_same_results() -> None:
    cohort = Cohort([Group(30)], seed=4)
    assert simulated_results(TOY, "greeting", cohort) == simulated_results(TOY, "greeting", cohort)


def test_another_seed_gives_other_results() -> None:
    one, other = (simulated_results(TOY, "greeting", Cohort([Group(30)], seed)) for seed in (4, 5))
    assert one != other


def test_one_more_trainee_changes_nothing_for_the_others() -> None:
    few = simulated_results(TOY, "greeting", Cohort([Group(10), Group(5, mean=1)]))
    more = simulated_results(TOY, "greeting", Cohort([Group(10), Group(6, mean=1)]))
    assert [one for one in more if one.trainee != "sim-0016"] == few


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    trainee = SimulatedTrainee("lin", 0, seed=1)
    asked = [Asked(item, "en") for item in clicked(GALLERY)]
    forwards = {one.item.id: trainee.answer(one) for one in asked}
    backwards = {one.item.id: trainee.answer(one) for one in reversed(asked)}
    assert forwards == backwards


# --- who knows what


@pytest.mark.parametrize("module", ["complaint-handling", "tiered-management"])
def test_who_is_more_able_scores_higher(module: str) -> None:
    cohort = Cohort([Group(200)], seed=1, missing=0)
    results = simulated_results(ROOT, module, cohort)
    totals = [points for points, _possible in trainee_totals(results).values()]
    abilities = [trainee.ability for trainee in cohort.trainees()]
    assert spearmanr(abilities, totals).statistic > 0.8


def test_groups_have_the_abilities_that_are_declared() -> None:
    weak_and_strong = Cohort([Group(20, mean=-1, sd=0), Group(20, mean=1, sd=0)])
    abilities = [trainee.ability for trainee in weak_and_strong.trainees()]
    assert abilities == [-1.0] * 20 + [1.0] * 20


def test_items_keep_their_difficulty_whoever_is_asked() -> None:
    def mean(group: Group) -> dict[str, float]:
        results = simulated_results(TOY, "greeting", Cohort([group], seed=2))
        items = {one.item for one in results}
        return {id_: sum(r.points for r in results if r.item == id_) for id_ in items}

    here, there = mean(Group(300)), mean(Group(300, mean=0.5))
    assert spearmanr([*here.values()], [there[id_] for id_ in here]).statistic > 0.9


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", clicked(GALLERY), ids=lambda item: item.id)
def test_every_answer_is_possible_and_only_the_able_are_right(
    item: Clicked, language: Language
) -> None:
    asked = Asked(item, language)
    for number in range(40):
        weak = SimulatedTrainee(f"weak-{number}", -40, seed=3).answer(asked)
        strong = SimulatedTrainee(f"strong-{number}", 40, seed=3).answer(asked)
        assert fit(item.public(language), weak, language) == weak
        assert fit(item.public(language), strong, language) == strong
        if isinstance(item, ShortItem):
            assert (weak == item.model_answer[language], strong) == (
                False,
                item.model_answer[language],
            )
        else:
            assert score(item, weak).verdict in {"partly", "wrong"}
            assert score(item, strong).verdict == "right"


def test_the_same_mistake_attracts_most_in_every_cohort() -> None:
    item = next(one for one in clicked(GALLERY) if one.type == "single")
    asked = Asked(item, "en")

    def favourite(room: str) -> object:
        chosen = [SimulatedTrainee(f"{room}-{n}", -40, seed=3).answer(asked) for n in range(400)]
        return max(item.public("en").choice_ids, key=chosen.count)

    assert favourite("here") == favourite("there")


# --- code

VARIANTS = range(3)


def outcomes(item: Coded, working: Working, right: object) -> tuple[Score, Score]:
    """Return what a working earns when it is run, and what it was expected to earn."""
    public = item.public("en")
    assert working.then is not None
    try:
        written = eval(working.then.format("right"), {"right": right})  # noqa: S307
    except AttributeError:
        recorded = None  # as `lesson.answer` is not reached
    else:
        recorded = fit(public, written, "en")
    ran = score(item, recorded, fit(public, right, "en"))
    return ran, score(item, working.recorded, stand_in(item))


def same_worth(ran: Score, expected: Score) -> bool:
    return (ran.points, ran.verdict) == (expected.points, expected.verdict)


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_written_for_a_table_earns_what_is_expected(bank: Bank, variant: int) -> None:
    [item] = (one for one in bank.coded() if one.type == "table")
    log = complaints(variant, language="en")
    late = log[log["first_reply_hours"] > 24]
    earned = {way.name: outcomes(item, way, late) for way in [solved(item), *mistakes(item)]}
    assert all(same_worth(*both) for both in earned.values())
    assert {name: ran.verdict for name, (ran, _) in earned.items()} == {
        "solved": "right",
        "error": "missing",
        "rows twice": "partly",
        "no rows": "wrong",
        "unfinished column": "wrong",
    }


@pytest.mark.parametrize("right", [16.1, -2.0, 0.0, 1e6])
def test_what_is_written_for_a_number_earns_what_is_expected(bank: Bank, right: float) -> None:
    [item] = (one for one in bank.coded() if one.type == "number")
    earned = {way.name: outcomes(item, way, right) for way in [solved(item), *mistakes(item)]}
    assert all(same_worth(*both) for both in earned.values())
    assert {name: ran.verdict for name, (ran, _) in earned.items()} == {
        "solved": "right",
        "error": "missing",
        "too large": "wrong",
        "too small": "wrong",
    }


@pytest.mark.parametrize(
    ("source", "handed"),
    [
        ('lesson.answer("late", late)', 'lesson.answer("late", late.head(0))'),
        (
            'lesson.answer("late", log[log.h > 24])',
            'lesson.answer("late", (log[log.h > 24]).head(0))',
        ),
    ],
    ids=["name", "expression"],
)
def test_a_mistake_is_made_in_what_is_handed_over(source: str, handed: str) -> None:
    assert hand_over(f"late = 1  # 迟\n{source}\n", "{}.head(0)") == f"late = 1  # 迟\n{handed}\n"


# --- what is left open, handed in late or not at all


def test_the_declared_share_of_what_is_not_known_is_left_open() -> None:
    cohort = Cohort([Group(300, sd=0)], open=0.2)
    results = simulated_results(TOY, "greeting", cohort)
    clicks = [one for one in results if one.item not in {"mean-reply", "late-ones"}]
    not_known = [one for one in clicks if one.verdict != "right"]
    assert within(sum(one.verdict == "missing" for one in clicks), len(not_known), 0.2)


def test_weak_trainees_leave_more_open() -> None:
    def left_open(mean: float) -> int:
        results = simulated_results(TOY, "greeting", Cohort([Group(300, mean)]))
        return sum(one.verdict == "missing" for one in results)

    assert left_open(-1.5) > left_open(0) > left_open(1.5)


def test_the_declared_shares_hand_in_late_and_not_at_all() -> None:
    cohort = Cohort([Group(1000)], late=0.2, missing=0.1)
    how = [cohort.hands_in(trainee, "greeting") for trainee in cohort.trainees()]
    assert within(how.count("late"), 1000, 0.2)
    assert within(how.count("not at all"), 1000, 0.1)


def test_who_hands_in_nothing_has_no_results() -> None:
    cohort = Cohort([Group(100)], missing=0.3)
    results = simulated_results(TOY, "greeting", cohort)
    there = [one for one in cohort.trainees() if cohort.hands_in(one, "greeting") != "not at all"]
    assert sorted({one.trainee for one in results}) == [trainee.name for trainee in there]


@pytest.mark.parametrize(
    "wrong",
    [
        {"groups": []},
        {"groups": [Group(0)]},
        {"groups": [Group(3, sd=-1)]},
        {"groups": [Group(3, mean=float("nan"))]},
        {"groups": [Group(3)], "seed": -1},
        {"groups": [Group(3)], "open": 1.5},
        {"groups": [Group(3)], "late": 0.7, "missing": 0.7},
    ],
    ids=["nobody", "empty-group", "spread", "no-number", "seed", "share", "shares-together"],
)
def test_a_cohort_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadCohort):
        Cohort(**wrong)  # type: ignore[arg-type]


# --- time and survey


def test_answers_follow_one_another_with_pauses() -> None:
    items = list(GALLERY.items())
    gaps = [
        later - earlier
        for number in range(40)
        for found in [moments(SimulatedTrainee(f"t-{number}", 0, seed=1), items, FIRST_DUE)]
        for earlier, later in pairwise(found.values())
    ]
    assert min(gaps) > timedelta(0)
    assert 0 < sum(gap > PAUSE for gap in gaps) < len(gaps) / 5


def test_who_is_late_ends_after_the_module_is_due_and_who_is_not_before() -> None:
    trainees = Cohort([Group(200)]).trainees()
    for how in ("on time", "late"):
        ends = [finished(one, "m", ["first", "second"], how, FIRST_DUE) for one in trainees]  # type: ignore[arg-type]
        assert all((one["second"] > FIRST_DUE) == (how == "late") for one in ends)
        assert all(one["first"] < one["second"] for one in ends)


def test_the_able_like_a_lesson_a_little_better() -> None:
    survey = load_survey(TOY)
    trainees = Cohort([Group(600)]).trainees()
    said = [survey_answers(one, "first-call", survey, "en") for one in trainees]
    rated = [
        (one.ability, int(str(answers["clear"])))
        for one, answers in zip(trainees, said, strict=True)
        if "clear" in answers
    ]
    assert 0.1 < spearmanr(*zip(*rated, strict=True)).statistic < 0.6


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_is_in_the_language_of_the_course(language: Language) -> None:
    survey = load_survey(TOY)
    trainees = Cohort([Group(200)]).trainees()
    said = [survey_answers(one, "first-call", survey, language) for one in trainees]
    words = {str(answers["change"]) for answers in said if "change" in answers}
    assert len(words) > 3
    assert all(any(letter >= "\u4e00" for letter in one) == (language == "zh") for one in words)


@pytest.mark.parametrize(
    ("submissions", "ends", "seconds"),
    [
        (100, [3.0, 4.0, 4.5, 5.0, 5.5, 6.0], 4 + 98 * 0.5),
        (6, [3.0, 4.0, 4.5, 5.0, 5.5, 6.0], 6),
        (1, [3.0], 3),
    ],
    ids=["extrapolated", "all", "one"],
)
def test_what_is_done_only_once_is_not_multiplied(
    submissions: int, ends: list[float], seconds: float
) -> None:
    assert Estimate(submissions, 2, ends).seconds == seconds


# --- the folder, with real nbgrader and real kernels


def simulate(to: Path, *options: str) -> tuple[int, str]:
    """Simulate the toy course and return the exit code and what is printed."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        command = ["--root", str(TOY), "simulate", "greeting", "--to", str(to), *options]
        code = main(command)
    return code, said.getvalue()


def files(course: Path) -> dict[Path, bytes]:
    """Return all that was made but the gradebook, whose ids nbgrader draws by lot."""
    return {
        path.relative_to(course): path.read_bytes()
        for path in course.rglob("*")
        if path.is_file() and path.suffix != ".db"
    }


SIX = Cohort([Group(6)], seed=3, missing=0)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Six trainees who all handed in, graded, and what was printed."""
    to = tmp_path_factory.mktemp("simulated") / "course"
    code, said = simulate(to, "--trainees=6", "--seed=3", "--missing=0", "--grade")
    assert code == 0
    return to, said


@pytest.mark.path
def test_real_grading_agrees_with_the_results_in_memory(graded: tuple[Path, str]) -> None:
    course, _said = graded
    real = read_results(course, "greeting", f"sqlite:///{course / 'gradebook.db'}")
    coded = {"mean-reply", "late-ones"}  # values of which take a run
    known = [replace(one, value=None) if one.item in coded else one for one in real]
    assert known == simulated_results(course, "greeting", SIX)


@pytest.mark.path
def test_the_time_of_grading_is_estimated_and_it_says_how(graded: tuple[Path, str]) -> None:
    _course, said = graded
    assert re.search(
        r"greeting: grading 6 submissions on this machine would take about .*\d s\. Estimated from "
        r"\d+ that were graded, \d+ at a time: \d+\.\d s until the first \d+ were done",
        said,
    )


@pytest.mark.path
def test_it_says_what_to_type_next(graded: tuple[Path, str]) -> None:
    course, said = graded
    assert f"clientcourse --root {course} report greeting" in said
    assert main(["--root", str(course), "report", "greeting"]) == 0


@pytest.mark.path
def test_what_was_graded_is_not_graded_again(
    graded: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(graded[0]), "grade", "greeting"]) == 0
    assert "Graded 0, unchanged 6" in capsys.readouterr().out


@pytest.mark.path
def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    cohort = Cohort([Group(5)], seed=3)
    for name in ("one", "other"):
        make_course(TOY, tmp_path / name, ["greeting"], "zh", cohort)
    assert files(tmp_path / "one") == files(tmp_path / "other")


@pytest.mark.path
def test_one_more_trainee_changes_no_file_of_the_others(tmp_path: Path) -> None:
    for name, size in (("few", 5), ("more", 6)):
        make_course(TOY, tmp_path / name, [], "en", Cohort([Group(size)], missing=0))
    few, more = files(tmp_path / "few"), files(tmp_path / "more")
    assert (
        {path for path in more if path not in few}
        == {path for path in more if "sim-0006" in path.parts}
        != set()
    )
    assert {path: more[path] for path in few} == few


@pytest.mark.path
def test_the_gradebook_knows_everyone_and_who_is_late(tmp_path: Path) -> None:
    cohort = Cohort([Group(20)], late=0.3, missing=0.3)
    [made] = make_course(TOY, tmp_path / "course", ["greeting"], "en", cohort)
    names = [trainee.name for trainee in cohort.trainees()]
    how = dict(zip(names, made.how, strict=True))
    handed_in = {path.name for path in (tmp_path / "course/submitted").iterdir()}
    assert handed_in == {name for name, one in how.items() if one != "not at all"} != set(names)
    with Gradebook(f"sqlite:///{tmp_path / 'course/gradebook.db'}") as gradebook:
        assert sorted(student.id for student in gradebook.students) == names
        due = gradebook.find_assignment("greeting").duedate
    stamps = {
        name: parse_utc((tmp_path / f"course/submitted/{name}/greeting/timestamp.txt").read_text())
        for name in handed_in
    }
    assert {name for name, stamp in stamps.items() if stamp > due} == {
        name for name, one in how.items() if one == "late"
    }


@pytest.mark.path
def test_a_simulation_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    for size in (3, 2):
        make_course(TOY, tmp_path / "course", [], "en", Cohort([Group(size)], missing=0))
    assert len(list((tmp_path / "course/submitted").iterdir())) == 2


def test_a_folder_of_others_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    code, _said = simulate(tmp_path)
    assert code == 1
    assert "name another folder" in capsys.readouterr().err
    assert files(tmp_path) == {Path("thesis.txt"): b"all of it"}


def test_a_module_that_there_is_not_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--root", str(TOY), "simulate", "farewell", "--to", str(tmp_path / "course")]
    assert main(command) == 1
    assert "There is no module farewell; the course has greeting." in capsys.readouterr().err
    assert not (tmp_path / "course").exists()


@pytest.mark.path
def test_groups_are_told_by_size_mean_and_spread(tmp_path: Path) -> None:
    options = ["--group=2:-3:0", "--group=1:3:0", "--missing=1", "--late=0"]
    code, said = simulate(tmp_path / "course", *options)
    assert code == 0
    assert "3 model trainees; 0 handed in on time, 0 late, 3 not at all." in said


@pytest.mark.parametrize("text", ["5", "x:1", "0:1", "5:1:1:1"])
def test_what_is_no_group_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SystemExit):
        simulate(tmp_path / "course", f"--group={text}")
