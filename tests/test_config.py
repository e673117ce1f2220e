"""The configuration functions on a bare config object, and what a variant is."""

import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.config import Config

from clientcourse.authoring.problems import CourseProblems
from clientcourse.grading.config import configure
from clientcourse.variants import current_trainee, current_variant, variant_of
from tests.conftest import TOY


def configured(**options: object) -> Config:
    config = Config()
    configure(config, TOY, **options)  # type: ignore[arg-type]
    return config


def names(classes: list[type]) -> list[str]:
    return [cls.__name__ for cls in classes]


def test_our_preprocessor_stands_in_for_execute() -> None:
    preprocessors = names(configured().Autograde.autograde_preprocessors)
    assert preprocessors[0] == "ScoreLesson"
    assert "Execute" not in preprocessors


def test_nothing_else_of_nbgraders_grading_is_lost() -> None:
    from nbgrader.converters import Autograde  # noqa: PLC0415 - its own list, to compare

    ours = names(configured().Autograde.autograde_preprocessors)
    theirs = names(Autograde.autograde_preprocessors.default_args[0])
    added = {"ScoreLesson", "CreditDropped", "ShowRubric", "CleanText"}
    replaced = {"Execute", "CheckCellMetadata"}
    assert [name for name in ours if name not in added] == [
        name for name in theirs if name not in replaced
    ]


def test_text_is_changed_only_after_nbgrader_has_looked_for_changes() -> None:
    ours = names(configured().Autograde.autograde_preprocessors)
    assert ours.index("CleanText") > ours.index("ShowRubric") > ours.index("SaveAutoGrades")


def test_the_course_is_named_after_the_course_file() -> None:
    assert configured().CourseDirectory.course_id == "toy-course"


@pytest.mark.parametrize(
    ("options", "stub"),
    [
        ({}, "# ↑ your code goes here; then press Shift + Enter to run it"),
        ({"language": "zh"}, "# ↑ 在这里写你的代码，标点用英文的；写完按 Shift + Enter 运行"),
    ],
)
def test_trainees_read_in_their_language_where_their_code_goes_and_how_it_is_run(
    options: dict[str, str], stub: str
) -> None:
    assert configured(**options).ClearSolutions.code_stub == {"python": stub}


def test_a_folder_without_a_course_says_so(tmp_path: Path) -> None:
    with pytest.raises(CourseProblems, match=r"course/course\.yaml: there is no such file"):
        configure(Config(), tmp_path)


def test_a_variant_stays_the_same_for_ever() -> None:
    assert [variant_of(name, 12) for name in ("lin", "wu", "陈")] == [9, 9, 1]


def test_variants_are_spread_over_trainees() -> None:
    assert len({variant_of(f"trainee-{number}", 12) for number in range(100)}) == 12


def test_grading_says_which_variant_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENTCOURSE_VARIANT", "2")
    assert current_variant("lin", 12) == 2


def test_the_hub_says_who_the_trainee_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "wu")
    assert current_trainee() == "wu"


@pytest.mark.parametrize(
    "command",
    [["grade", "greeting"], ["regrade", "greeting"], ["watch", "--once"], ["report"], ["grades"]],
    ids=lambda command: command[0],
)
def test_in_a_wrong_folder_it_says_where_to_go_and_leaves_nothing(
    command: list[str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "clientcourse", *command],
        cwd=tmp_path, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"There is no nbgrader_config.py in {tmp_path}; run this in the course's folder, or name "
        "it with --root.\n"
    )
    assert list(tmp_path.iterdir()) == []
