"""The `clientcourse` command: thin commands over plain functions."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from clientcourse.errors import CourseError
from clientcourse.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from clientcourse.grading.sandbox.parent import WarmParent

_INTERRUPTED = 130  # as shells have it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="clientcourse",
        description="Write, build, serve, grade and look at a course of clientcourse.",
    )
    parser.add_argument(
        "--root", type=Path, default=Path(), help="folder that holds course/ (default: this one)"
    )
    commands = parser.add_subparsers(required=True)
    _add_build(commands)
    _add_coverage(commands)
    _add_demo(commands)
    _add_grade(commands)
    _add_grades(commands)
    _add_hub(commands)
    _add_hub_check(commands)
    _add_lint(commands)
    _add_regrade(commands)
    _add_report(commands)
    _add_simulate(commands)
    _add_watch(commands)
    options = parser.parse_args(arguments)
    options.root = options.root.resolve()
    try:
        return int(options.run(options))
    except CourseError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _add_build(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("build", help="make source/ and release/ from course/")
    command.add_argument("--language", choices=LANGUAGES, help="default: the course's own")
    command.add_argument(
        "--to",
        type=Path,
        help="write source/ and release/ below this folder, not below the course's root",
    )
    command.add_argument(
        "--check", action="store_true", help="write nothing; fail if they are not current"
    )
    command.set_defaults(run=_build)


def _build(options: argparse.Namespace) -> int:
    from clientcourse.authoring.publish import publish  # noqa: PLC0415 - needs the grading extra

    to = options.to.resolve() if options.to else options.root
    changed = publish(options.root, to, options.language, dry=options.check)
    for path in changed:
        print(f"{'not current' if options.check else 'written'}: {path}")  # noqa: T201
    if options.check and changed:
        print("Run `clientcourse build` and commit the result.", file=sys.stderr)  # noqa: T201
        return 1
    if not changed:
        print("source/ and release/ are current.")  # noqa: T201
    return 0


def _add_coverage(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "coverage", help="tell which objectives are taught and asked, and where there are gaps"
    )
    command.add_argument(
        "--module", action="append", default=[], help="only this one's objectives; can be repeated"
    )
    command.add_argument("--gaps", action="store_true", help="only objectives with gaps")
    command.add_argument("--json", action="store_true", help="for programs")
    command.set_defaults(run=_coverage)


def _coverage(options: argparse.Namespace) -> int:
    from clientcourse.authoring.coverage import (  # noqa: PLC0415 - needs the authoring extra
        as_json,
        as_table,
        coverage,
    )

    covered = coverage(options.root, options.module)
    if options.json:
        print(json.dumps(as_json(covered), ensure_ascii=False, indent=1))  # noqa: T201
    else:
        print(*as_table(covered, only_gaps=options.gaps), sep="\n")  # noqa: T201
    return 1 if any(one.gaps for one in covered) else 0


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "demo", help="let model trainees go the whole way, from release to feedback and report"
    )
    command.add_argument("--language", choices=LANGUAGES, default="zh", help="default: %(default)s")
    command.add_argument(
        "--to", type=Path, default=Path("build/demo"), help="emptied first; default: %(default)s"
    )
    command.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    from clientcourse.demo.run import Demo  # noqa: PLC0415 - needs the grading extra

    Demo(options.root, options.to.resolve(), options.language).run()
    return 0


def _add_grade(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("grade", help="grade the submissions of a module")
    command.add_argument("module")
    _add_workers(command)
    command.add_argument(
        "--scheduler", help="grade on the Dask cluster with this scheduler, not on this machine"
    )
    command.add_argument(
        "--force", action="store_true", help="also what has not changed since it was graded"
    )
    command.set_defaults(run=_grade)


def _add_workers(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--workers",
        type=_positive,
        default=os.cpu_count() or 1,
        help="how many submissions are run at the same time (default: one for each processor)",
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


@contextlib.contextmanager
def _warm_parent(*, wanted: bool = True) -> Iterator[WarmParent | None]:
    """Let the sandbox warm up; `None` where there is none, as configurations may do without."""
    from clientcourse.grading.sandbox.fence import NoSandbox  # noqa: PLC0415 - needs an extra
    from clientcourse.grading.sandbox.parent import WarmParent  # noqa: PLC0415

    with contextlib.ExitStack() as ending:
        sandbox = None
        if wanted:
            with contextlib.suppress(NoSandbox):
                sandbox = WarmParent()
                ending.callback(sandbox.close)
        yield sandbox


def _grade(options: argparse.Namespace) -> int:
    from clientcourse.imports import for_good, import_fast  # noqa: PLC0415 - needs an extra

    import_fast()
    with _warm_parent(wanted=not options.scheduler) as sandbox:
        # It warms up while all the rest is imported.
        with for_good():
            from clientcourse.grading.batch.module import grade_module  # noqa: PLC0415

        graded = grade_module(
            options.root,
            options.module,
            sandbox=sandbox,
            workers=options.workers,
            scheduler=options.scheduler,
            force=options.force,
        )
    return 1 if graded.failed else 0


def _db_url(options: argparse.Namespace) -> str:
    """Return the gradebook that was asked for, or the one that the course names.

    A course of plain nbgrader may have no configuration, but then its gradebook is there.
    """
    beside = options.root / "gradebook.db"
    configured = (options.root / "nbgrader_config.py").exists()
    if options.db is None and (configured or not beside.exists()):
        from clientcourse.grading.configured import db_url_of  # noqa: PLC0415 - slow to import

        return db_url_of(options.root)
    db = options.db or str(beside)
    return db if "://" in db else f"sqlite:///{Path(db).resolve()}"


def _add_grades(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("grades", help="write the grades in a form that others take")
    command.add_argument("modules", metavar="MODULE", nargs="*", help="default: all")
    command.add_argument(
        "--as",
        dest="form",
        choices=("csv", "excel", "moodle", "canvas"),
        default="excel",
        help="default: %(default)s",
    )
    command.add_argument("--db", help="a gradebook file or database URL (default: the course's)")
    command.add_argument(
        "--codes",
        action="store_true",
        help="put codes in the place of trainees' names; codes.json tells whose they are",
    )
    command.add_argument("--to", type=Path, help="the file to write (default: in build/grades/)")
    command.set_defaults(run=_grades)


def _grades(options: argparse.Namespace) -> int:
    from nbgrader.api import Gradebook  # noqa: PLC0415 - slow to import

    from clientcourse.grades.read import read_grades  # noqa: PLC0415 - needs the grading extra
    from clientcourse.grades.write import FORMS, not_final  # noqa: PLC0415
    from clientcourse.grading.gradebook import must_exist  # noqa: PLC0415
    from clientcourse.report.codes import codes  # noqa: PLC0415

    form = FORMS[options.form]
    if options.codes and form.by_name:
        raise CourseError(f"--codes and --as {options.form}: it could not tell who is who.")
    db_url = _db_url(options)
    must_exist(db_url)
    with Gradebook(db_url) as gradebook:
        grades = read_grades(gradebook, options.root, modules=options.modules)
    if options.codes:
        grades = grades.under_codes(codes(options.root, [one.id for one in grades.trainees]))
    for warning in not_final(grades):
        print(warning, file=sys.stderr)  # noqa: T201
    to = (options.to or options.root / "build" / "grades" / form.file).resolve()
    to.parent.mkdir(parents=True, exist_ok=True)
    form.write(grades, to)
    print(to)  # noqa: T201
    return 0


def _add_hub(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("hub", help="try the course on a JupyterHub of this machine")
    command.add_argument("--language", choices=LANGUAGES, default="zh", help="default: %(default)s")
    command.add_argument(
        "--to",
        type=Path,
        default=Path("build/hub"),
        help="what was done there is gone on with; default: %(default)s",
    )
    command.add_argument(
        "--port",
        type=_positive,
        default=8000,
        help="the three behind it are used, too; default: %(default)s",
    )
    command.set_defaults(run=_hub)


def _hub(options: argparse.Namespace) -> int:
    from clientcourse.hub.try_out import try_out  # noqa: PLC0415 - needs the hub extra

    try_out(options.root, options.to.resolve(), options.language, options.port)
    return 0


def _add_hub_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("hub-check", help="tell what is wrong with a JupyterHub for real")
    command.add_argument("config", type=Path, help="the hub's jupyterhub_config.py")
    command.set_defaults(run=_hub_check)


def _hub_check(options: argparse.Namespace) -> int:
    from clientcourse.hub.check import findings  # noqa: PLC0415 - needs the hub extra

    found = list(findings(options.config.resolve()))
    for number, finding in enumerate(found, 1):
        print(f"{number}. {finding}")  # noqa: T201
    if not found:
        print("Nothing was found to be wrong.")  # noqa: T201
    return 1 if found else 0


def _add_lint(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("lint", help="find flaws of items, typography and spelling")
    command.add_argument("--fix", action="store_true", help="set the Chinese typography right")
    command.add_argument("--json", action="store_true", help="for programs")
    command.set_defaults(run=_lint)


def _lint(options: argparse.Namespace) -> int:
    from clientcourse.authoring.lint import fix, lint  # noqa: PLC0415 - needs the authoring extra

    if options.fix:
        for path in fix(options.root):
            print(f"set right: {path}", file=sys.stderr)  # noqa: T201
    found = lint(options.root)
    if options.json:
        rows = [{"rule": one.rule, **dataclasses.asdict(one.problem)} for one in found]
        print(json.dumps(rows, ensure_ascii=False, indent=1, default=str))  # noqa: T201
    else:
        for one in found:
            print(one)  # noqa: T201
        print(f"{len(found)} findings.")  # noqa: T201
    return 1 if found else 0


def _add_regrade(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "regrade", help="show who changes by a correction of keys or points, then change it"
    )
    command.add_argument("module")
    command.add_argument("--why", help="the reason, for the record course/regrades.jsonl")
    command.add_argument(
        "--yes", action="store_true", help="do it; without this, it is only shown what would change"
    )
    _add_workers(command)
    command.set_defaults(run=_regrade)


def _regrade(options: argparse.Namespace) -> int:
    from clientcourse.imports import for_good, import_fast  # noqa: PLC0415 - needs an extra

    import_fast()
    with _warm_parent() as sandbox:
        # It warms up while all the rest is imported.
        with for_good():
            from clientcourse.grading.regrade.module import regrade_module  # noqa: PLC0415

        regraded = regrade_module(
            options.root,
            options.module,
            why=(options.why or "") if options.yes else None,
            sandbox=sandbox,
            workers=options.workers,
        )
    return 1 if regraded.failed else 0


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "report", help="write pages on how the cohort, each module and each lesson did"
    )
    command.add_argument("modules", metavar="MODULE", nargs="*", help="default: all")
    command.add_argument("--db", help="a gradebook file or database URL (default: the course's)")
    command.add_argument("--language", choices=LANGUAGES, help="default: the course's own")
    command.add_argument(
        "--codes",
        action="store_true",
        help="put codes in the place of trainees' names; codes.json tells whose they are",
    )
    command.add_argument(
        "--to",
        type=Path,
        help="folder for the pages (default: build/report, with --codes build/report-codes)",
    )
    command.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    from clientcourse.authoring.load import load_course  # noqa: PLC0415 - needs an extra
    from clientcourse.report.codes import codes  # noqa: PLC0415
    from clientcourse.report.cohort import read_cohort  # noqa: PLC0415
    from clientcourse.report.write import write_report  # noqa: PLC0415

    db_url = _db_url(options)
    language = options.language or load_course(options.root).language
    cohort = read_cohort(options.root, db_url, language, options.modules)
    if options.codes:
        cohort = cohort.under_codes(codes(options.root, cohort.trainees))
    # Apart: what is handed on under codes must not lie among pages with names.
    to = options.to or options.root / "build" / ("report-codes" if options.codes else "report")
    for page in write_report(cohort, language, to.resolve()):
        print(page)  # noqa: T201
    return 0


def _add_simulate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "simulate", help="make a course with submissions of model trainees, to try out and to plan"
    )
    command.add_argument("modules", metavar="MODULE", nargs="*", help="default: all")
    who = command.add_mutually_exclusive_group()
    who.add_argument(
        "--trainees", type=_positive, default=40, help="how many there are (default: %(default)s)"
    )
    who.add_argument(
        "--group",
        dest="groups",
        metavar="SIZE:MEAN[:SD]",
        type=_group,
        action="append",
        help="in place of --trainees: so many, with this mean and spread of their abilities, on a "
        "scale on which 0 gets half of the items right; can be repeated (spread: 1)",
    )
    command.add_argument("--seed", type=int, default=0, help="another one, other trainees")
    for name, default, what in (
        ("open", 0.1, "of what a trainee does not know is left open"),
        ("late", 0.1, "of the trainees hand in late"),
        ("missing", 0.05, "of the trainees hand in nothing"),
    ):
        words = f"share {what} (default: %(default)s)"
        command.add_argument(f"--{name}", type=float, default=default, metavar="SHARE", help=words)
    command.add_argument("--language", choices=LANGUAGES, help="default: the course's own")
    command.add_argument(
        "--to", type=Path, default=Path("build/simulated"), help="default: %(default)s"
    )
    command.add_argument("--grade", action="store_true", help="grade all of them, too")
    command.set_defaults(run=_simulate)


def _group(text: str) -> tuple[int, float, float]:
    try:
        size, mean, *spread = text.split(":")
        [sd] = spread or ["1"]
        return _positive(size), float(mean), float(sd)
    except ValueError:
        expected = "SIZE:MEAN or SIZE:MEAN:SPREAD, such as 30:0.5 or 30:0.5:1"
        raise argparse.ArgumentTypeError(f"{text!r} is not {expected}") from None


def _simulate(options: argparse.Namespace) -> int:
    from clientcourse.imports import import_fast  # noqa: PLC0415 - needs the grading extra

    import_fast()
    from clientcourse.authoring.load import load_course  # noqa: PLC0415
    from clientcourse.simulation.cohort import Cohort, Group  # noqa: PLC0415
    from clientcourse.simulation.run import simulate  # noqa: PLC0415

    simulate(
        options.root,
        options.to.resolve(),
        options.modules,
        options.language or load_course(options.root).language,
        Cohort(
            [Group(*group) for group in options.groups or [(options.trainees,)]],
            options.seed,
            options.open,
            options.late,
            options.missing,
        ),
        grade=options.grade,
    )
    return 0


def _add_watch(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "watch", help="collect and grade what is handed in, and release feedback, as it arrives"
    )
    command.add_argument("modules", metavar="MODULE", nargs="*", help="default: all")
    command.add_argument(
        "--no-release",
        dest="release",
        action="store_false",
        help="write feedback, but do not give it to trainees",
    )
    command.add_argument("--once", action="store_true", help="end when nothing is left to do")
    command.set_defaults(run=_watch)


def _watch(options: argparse.Namespace) -> int:
    from clientcourse.grading.sandbox.fence import NoSandbox  # noqa: PLC0415 - needs an extra
    from clientcourse.grading.sandbox.parent import WarmParent, use  # noqa: PLC0415
    from clientcourse.imports import for_good, import_fast  # noqa: PLC0415

    import_fast()
    with contextlib.suppress(NoSandbox):  # perhaps the configuration does without
        use(WarmParent())
    # It warms up while all the rest is imported.
    with for_good():
        from clientcourse.grading.arrival.service import watch  # noqa: PLC0415
        from clientcourse.grading.arrival.words import log_to_stdout  # noqa: PLC0415

    log_to_stdout()
    done = watch(options.root, options.modules, release=options.release, once=options.once)
    return 0 if done else 1
