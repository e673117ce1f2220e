"""Model trainees of declared ability: reproducible, believable, and scored as real ones are."""

from __future__ import annotations

import pytest
from scipy.stats import binom, spearmanr

from clientcourse.authoring.load import load_bank
from clientcourse.items import Bank, ShortItem
from clientcourse.language import LANGUAGES, Language
from clientcourse.report.statistics import trainee_totals
from clientcourse.scoring import score
from clientcourse.simulation.answers import Asked, Clicked
from clientcourse.simulation.cohort import BadCohort, Cohort, Group, ModelTrainee
from clientcourse.simulation.results import simulated_results
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
    trainee = ModelTrainee("lin", 0, seed=1)
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
        weak = ModelTrainee(f"weak-{number}", -40, seed=3).answer(asked)
        strong = ModelTrainee(f"strong-{number}", 40, seed=3).answer(asked)
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
        chosen = [ModelTrainee(f"{room}-{n}", -40, seed=3).answer(asked) for n in range(400)]
        return max(item.public("en").choice_ids, key=chosen.count)

    assert favourite("here") == favourite("there")


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
        {"groups": [Group(3)], "seed": -1},
        {"groups": [Group(3)], "open": 1.5},
        {"groups": [Group(3)], "late": 0.7, "missing": 0.7},
    ],
    ids=["nobody", "empty-group", "spread", "seed", "share", "shares-together"],
)
def test_a_cohort_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadCohort):
        Cohort(**wrong)  # type: ignore[arg-type]
