"""Reads the YAML files of a course into models; mistakes become located `Problem`s."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from clientcourse.authoring.problems import CourseProblems, Problem
from clientcourse.items import Bank, Exercise, ItemId, Quiz, Scenario, Survey, Teaching
from clientcourse.language import Language, Text
from clientcourse.scoring import ScoringRules

Model = TypeVar("Model", bound=BaseModel)
Place = Sequence[int | str]


class Module(BaseModel):
    """One topic: an nbgrader assignment and a folder in `course/`.

    Parameters
    ----------
    due
        Until when it is to be handed in; shown to trainees, enforced by nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: ItemId
    title: Text
    due: AwareDatetime | None = None
    lessons: Annotated[list[ItemId], Field(min_length=1)]


class SurveyRules(BaseModel):
    """How the survey is dealt with.

    Parameters
    ----------
    anonymous
        Whether the report shows what trainees say without their names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    anonymous: bool = True


class Course(BaseModel):
    """The content of `course/course.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: ItemId
    title: Text
    language: Language
    variants: Annotated[int, Field(ge=1, le=1000)]
    scoring: ScoringRules = ScoringRules()
    survey: SurveyRules = SurveyRules()
    modules: Annotated[list[Module], Field(min_length=1)]


class _BankFile(BaseModel):
    """The content of `<lesson>.items.yaml`; scenarios have files of their own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    teaches: list[Teaching] = []
    quizzes: list[Quiz] = []
    exercises: list[Annotated[Exercise, Field(discriminator="type")]] = []
    scenarios: list[ItemId] = []


class Objective(BaseModel):
    """One thing that a trainee must know or be able to do.

    Parameters
    ----------
    zh, en
        What is to be known or done.
    kinds
        Forms in which it can be asked, as the sources of the course have them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    zh: str = ""
    en: str = ""
    kinds: list[str] = []

    @property
    def text(self) -> Text:
        """What is to be known or done, or the id where the file does not say it."""
        return Text(zh=self.zh or self.id, en=self.en or self.id)


class Topic(BaseModel):
    """The objectives of one module; a course need not have a module for every topic."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    objectives: list[Objective]


class _Objectives(BaseModel):
    model_config = ConfigDict(extra="ignore")

    modules: list[Topic]


def load_course(root: Path) -> Course:
    """Read `course/course.yaml`.

    Parameters
    ----------
    root
        The folder that holds `course/`.

    Raises
    ------
    CourseProblems
        If it is missing or has mistakes, among them a lesson or module named twice.
    """
    file = Path("course/course.yaml")
    course = _load(root, file, Course)
    lessons = [lesson for module in course.modules for lesson in module.lessons]
    problems = [
        Problem(file, 0, f"{kind} {name}", "this name is used twice; every one needs its own")
        for kind, names in (("lesson", lessons), ("module", [m.id for m in course.modules]))
        for name in sorted(_repeated(names))
    ]
    if problems:
        raise CourseProblems(problems)
    return course


def load_topics(root: Path) -> list[Topic]:
    """Return all learning objectives in `course/objectives.yaml`, by topic."""
    return _load(root, Path("course/objectives.yaml"), _Objectives).modules


def bank_path(module: str, lesson: str) -> Path:
    """Return where a lesson's items lie, relative to the course's root folder."""
    return Path("course") / module / f"{lesson}.items.yaml"


def scenario_path(module: str, scenario: str) -> Path:
    """Return where a scenario lies, relative to the course's root folder."""
    return Path("course") / module / f"{scenario}.scenario.yaml"


def load_survey(root: Path) -> Survey | None:
    """Read `course/survey.yaml`, what is asked about every lesson; `None` if there is none."""
    file = Path("course/survey.yaml")
    return _load(root, file, Survey) if (root / file).exists() else None


def find_bank(root: Path, module: str, lesson: str) -> Bank | None:
    """Return what `load_bank` does; `None` for a notebook that is no lesson of the course.

    Raises
    ------
    CourseProblems
        If a file of the lesson has mistakes.
    """
    if not (root / bank_path(module, lesson)).exists():
        return None
    return load_bank(root, module, lesson)


def load_bank(root: Path, module: str, lesson: str) -> Bank:
    """Read the items and scenarios of a lesson, with their keys.

    Raises
    ------
    CourseProblems
        If a file is missing or has mistakes.
    """
    file = bank_path(module, lesson)
    found = _load(root, file, _BankFile)
    bank = Bank(
        teaches=found.teaches,
        quizzes=found.quizzes,
        exercises=found.exercises,
        scenarios=_load_scenarios(root, module, found.scenarios),
    )
    cells = [entry.id for entry in [*bank.quizzes, *bank.exercises, *bank.scenarios]]
    names = [quiz.id for quiz in bank.quizzes] + [item.id for item in bank.items()]
    problems = [
        Problem(
            file,
            0,
            name,
            "this id is used twice in the lesson; every quiz, item and exercise needs its own",
        )
        for name in sorted(_repeated(names) | _repeated(cells))
    ]
    problems += [
        Problem(file, 0, name, "this name is the course's own; choose another")
        for name in cells
        if name in {"survey", "warm-up"}
    ]
    problems += [
        Problem(file, 0, f"{item.id}: title", "is missing; an exercise is known by its title")
        for item in bank.exercises
        if item.title is None
    ]
    if problems:
        raise CourseProblems(problems)
    return bank


def _load_scenarios(root: Path, module: str, names: Sequence[str]) -> list[Scenario]:
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for name in names:
        file = scenario_path(module, name)
        try:
            scenario = _load(root, file, Scenario)
        except CourseProblems as error:
            problems += error.problems
            continue
        scenarios.append(scenario)
        if scenario.id != name:
            message = f"expected {name!r} as in the name of the file, found {scenario.id!r}"
            problems.append(Problem(file, 0, "id", message))
    if problems:
        raise CourseProblems(problems)
    return scenarios


def _repeated(names: Iterable[str]) -> set[str]:
    names = list(names)
    return {name for name in names if names.count(name) > 1}


# Ten times as fast where PyYAML comes with libyaml, as its own packages do.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeys(_Loader):  # type: ignore[misc, valid-type]
    """YAML without a key that silently replaces one of the same name."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[Any] = set()
        for key, _value in node.value:
            name = self.construct_object(key, deep=True)
            if not isinstance(name, Hashable):
                raise yaml.MarkedYAMLError(
                    problem="expected a name before the colon", problem_mark=key.start_mark
                )
            if name in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the field {name} stands here twice", problem_mark=key.start_mark
                )
            seen.add(name)
        return dict(super().construct_mapping(node, deep))


def _load(root: Path, file: Path, model: type[Model]) -> Model:
    try:
        text = (root / file).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CourseProblems([Problem(file, 0, "", "there is no such file")]) from None
    except UnicodeDecodeError as error:
        message = f"expected UTF-8 text; byte {error.start} is none"
        raise CourseProblems([Problem(file, 0, "", message)]) from None
    parsed: Model = _parse(text, file, model)
    return parsed


@lru_cache(maxsize=64)  # a grader reads the same bank several times for every submission
def _parse(text: str, file: Path, model: type[Model]) -> Model:
    try:
        data = yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        message = f"not readable as YAML: {getattr(error, 'problem', None) or error}"
        raise CourseProblems([Problem(file, line, "", message)]) from None
    try:
        found: Model = model.model_validate(data)
    except ValidationError as error:
        node = yaml.compose(text, Loader=_UniqueKeys)
        raise CourseProblems(
            _problem(file, data, node, one) for one in error.errors(include_url=False)
        ) from None
    return found


def _problem(file: Path, data: Any, node: yaml.Node | None, found: ErrorDetails) -> Problem:  # noqa: ANN401
    owner, field, line = _locate(data, node, found["loc"])
    place = ": ".join(filter(None, [owner, field]))
    return Problem(file, line, place, _expected(found))


def _locate(data: Any, node: yaml.Node | None, loc: Place) -> tuple[str, str, int]:  # noqa: ANN401
    """Return the innermost named thing around a mistake, the field below it, and the line."""
    owner, field = "", []
    line = node.start_mark.line + 1 if node else 0
    for step in loc:
        if isinstance(data, dict) and step not in data and data.get("type") == step:
            continue  # the tag of a union, which is no step in the file
        inside = (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        data = data[step] if inside else None
        node = _child(node, step)
        line = node.start_mark.line + 1 if node else line
        field.append(str(step + 1) if isinstance(step, int) else step)
        if isinstance(data, dict) and len(str(data.get("id", ""))) > 1:
            owner, field = str(data["id"]), []
    return owner, ".".join(field), line


def _child(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    children: dict[int | str, yaml.Node] = {}
    if isinstance(node, yaml.SequenceNode):
        children = dict(enumerate(node.value))
    elif isinstance(node, yaml.MappingNode):
        children = {key.value: value for key, value in node.value}
    return children.get(step)


_MOMENT = "expected a day, a time and its zone, such as 2027-03-01 18:00:00+08:00"
_EXPECTED = {
    "missing": "is missing",
    "extra_forbidden": "is not a field that exists here",
    "string_type": "expected text",
    "string_too_short": "expected text, found nothing",
    "list_type": "expected a list (lines that begin with “- ”)",
    "bool_type": "expected true or false",
    "int_type": "expected a whole number",
    "float_type": "expected a number",
    "model_type": "expected fields, found something else",
    "model_attributes_type": "expected fields, found something else",
    "dict_type": "expected fields, found something else",
    "datetime_type": _MOMENT,
    "timezone_aware": _MOMENT,
}


def _expected(found: ErrorDetails) -> str:
    kind, context = found["type"], found.get("ctx", {})
    match kind:
        case "literal_error" | "enum":
            return f"expected one of {context['expected']}, found {found['input']!r}"
        case "union_tag_invalid":
            return f"type: expected one of {context['expected_tags']}, found {context['tag']!r}"
        case "union_tag_not_found":
            return "type: is missing; it says what kind of item this is"
        case "string_pattern_mismatch":
            return (
                "expected lower-case letters and digits in words joined by hyphens (options: one "
                f"letter; steps: words without digits), found {found['input']!r}"
            )
        case "value_error":
            return str(context["error"])
    return _EXPECTED.get(kind, found["msg"].lower().replace("input should be", "expected"))
