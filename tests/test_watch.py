"""`clientcourse watch`: from handing in to feedback, with nobody at the keyboard."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import random
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.arrivals import (
    SECONDS,
    WORDS,
    Place,
    Trainee,
    name_gradebook_for_the_machine,
    place_in,
    watching,
)
from tests.test_path import gradebook_score, must, text_of

pytestmark = pytest.mark.path

ROUNDS = int(os.environ.get("CLIENTCOURSE_KILLS", "2"))
LONGEST = 6  # seconds after which it is mostly done: a kill has to come before
ALL, HALF, NONE = 8, 4, 0  # points of so many right answers
TRAINEES = ["ann", "bea", "cem"]


@pytest.fixture(scope="module")
def _released(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place_in(tmp_path_factory.mktemp("released") / "place")


@pytest.fixture
def place(_released: Place, tmp_path: Path) -> Place:
    """A released course into which nobody has handed in anything yet."""
    return _released.copy(tmp_path / "place")


@pytest.fixture
def ann(place: Place) -> Trainee:
    return Trainee("ann", place)


@pytest.fixture
def bea(place: Place) -> Trainee:
    return Trainee("bea", place)


def once(place: Place, *options: str) -> list[str]:
    """Let the watcher do what is left and return what it said of it."""
    with watching(place, "--once", *options) as watcher:
        watcher.expect("Stopped")
        assert watcher.process.wait(SECONDS) == 0
        return [line.split(" ", 2)[2].strip() for line in watcher.lines[1:-1]]


def total(page: str) -> str:
    found = re.search(r'class="total"><strong>(.*?)</strong> <span>/ (.*?)</span>', page)
    assert found
    return f"{found[1]} of {found[2]}"


def test_what_is_handed_in_comes_back_as_feedback(place: Place, ann: Trainee) -> None:
    with watching(place) as watcher:
        watcher.expect("Watching")
        ann.hand_in()
        for event in ("collected", "graded, 8 of 19", "feedback written", "feedback released"):
            watcher.expect("ann, greeting: ", event)
        [page] = ann.fetched_feedback()
        assert watcher.end() == 0
    assert ann.sees_feedback() == [True]
    assert "hidden reason gamma" in text_of(page)
    assert gradebook_score(place.course, "ann") == ALL


def test_of_a_trainee_who_hands_in_again_the_newest_counts(place: Place, ann: Trainee) -> None:
    with watching(place) as watcher:
        ann.hand_in(right_ones=2)
        watcher.expect("collected")
        ann.hand_in(right_ones=0)  # while the first is being graded
        ann.hand_in(right_ones=4)
        watcher.expect("graded, 8 of 19")
        watcher.expect("feedback released")
        watcher.end()
    assert total(ann.fetched_feedback()[-1]) == "8 of 19"
    assert gradebook_score(place.course, "ann") == ALL


def test_each_trainee_gets_feedback_of_their_own(place: Place, ann: Trainee, bea: Trainee) -> None:
    with watching(place) as watcher:
        ann.hand_in(right_ones=4)
        bea.hand_in(right_ones=2)
        watcher.expect("feedback released")
        watcher.expect("feedback released")
        watcher.end()
    assert total(ann.fetched_feedback()[0]) == "8 of 19"
    assert total(bea.fetched_feedback()[0]) == "4 of 19"
    assert len(place.released()) == 2


def test_code_that_never_ends_holds_up_nobody_else(
    place: Place, ann: Trainee, bea: Trainee
) -> None:
    with (place.course / "nbgrader_config.py").open("a") as settings:
        settings.write("c.Execute.timeout = 300\n")
    ann.fetch()
    ann.run_first("while True: pass")
    with watching(place) as watcher:
        ann.hand_in()
        watcher.expect("ann", "collected")
        bea.hand_in()
        watcher.expect("bea", "feedback released")
        assert watcher.end() == 0  # within seconds, though ann's is at work
    with (place.course / "nbgrader_config.py").open("a") as settings:
        settings.write("c.Execute.timeout = 1\n")
    assert [re.sub(r"\d\.\d s", "", line) for line in once(place)] == [
        "ann, greeting: graded, 8 of 19, ",
        "ann, greeting: feedback written, ",
        "ann, greeting: feedback released, ",
    ]


def test_a_restart_goes_on_with_what_was_left(place: Place, ann: Trainee, bea: Trainee) -> None:
    ann.hand_in()
    assert len(once(place)) == 4
    ann.hand_in(right_ones=2)
    bea.hand_in()
    must(place.course, "collect", "greeting", "--update")  # by somebody who then went home
    said = once(place)
    assert sum("feedback released" in line for line in said) == 2, said
    assert not any("collected" in line for line in said)
    assert total(ann.fetched_feedback()[-1]) == "4 of 19"
    assert once(place) == []


def test_what_nbgrader_itself_has_graded_is_not_graded_again(place: Place, ann: Trainee) -> None:
    ann.hand_in()
    must(place.course, "collect", "greeting")
    must(place.course, "autograde", "greeting")
    assert [line.split(", ")[1] for line in once(place)] == [
        "greeting: feedback written", "greeting: feedback released",
    ]  # fmt: skip


def test_what_a_person_grades_with_nbgrader_meanwhile_is_left_to_them(
    place: Place, ann: Trainee
) -> None:
    ann.hand_in()
    with watching(place) as watcher:
        watcher.expect("feedback released")
        [before] = ann.fetched_feedback()
        must(place.course, "autograde", "greeting", "--force")
        mark(place, "ann", 3, "A comment")
        watcher.expect("feedback released")
        [after] = ann.fetched_feedback()
        watcher.end()
    assert watcher.said.count("graded,") == 1
    assert (total(before), total(after)) == ("8 of 19", "11 of 19")
    assert "hidden reason gamma" in text_of(after)


def test_what_was_graded_again_is_handed_back_again(place: Place, ann: Trainee) -> None:
    ann.hand_in()
    once(place)
    bank = place.course / "course/greeting/first-call.items.yaml"
    bank.write_text(bank.read_text().replace("answer: false", "answer: true", 1))
    with watching(place) as watcher:
        watcher.expect("Watching")
        command = [watcher.process.args[0], "--root", place.course, "grade", "greeting"]  # type: ignore[index]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        watcher.expect("feedback released")
        watcher.end()
    assert "graded," not in watcher.said
    assert total(ann.fetched_feedback()[0]) == "7 of 19"


# A person who marks at the same time.


def mark(place: Place, trainee: str, points: float, comment: str) -> None:
    """Mark an answer in words as formgrader does."""
    with Gradebook(f"sqlite:///{place.course / 'gradebook.db'}") as gradebook:
        about = (WORDS, "first-call", "greeting", trainee)
        grade = gradebook.find_grade(*about)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment(*about).manual_comment = comment
        gradebook.db.commit()


def waits_for_a_person(place: Place, trainee: str) -> bool:
    with Gradebook(f"sqlite:///{place.course / 'gradebook.db'}") as gradebook:
        return bool(gradebook.find_submission("greeting", trainee).needs_manual_grade)


def test_what_a_person_has_marked_is_handed_back_without_being_asked(
    place: Place, ann: Trainee
) -> None:
    ann.fetch()
    ann.write("I would listen first.")
    with watching(place) as watcher:
        ann.hand_in()
        watcher.expect("graded, 8 of 19", "a person has to mark")
        watcher.expect("feedback released")
        assert "Awaiting your instructor" in ann.fetched_feedback()[0]
        mark(place, "ann", 4, "Well said!")
        watcher.expect("feedback released")
        [page] = ann.fetched_feedback()
        assert "Awaiting" not in page
        assert "Well said!" in page
        assert total(page) == "12 of 19"
        mark(place, "ann", 5, "Very well said!")  # has had second thoughts
        watcher.expect("feedback released")
        assert total(ann.fetched_feedback()[0]) == "13 of 19"
        watcher.end()
    assert watcher.said.count("graded,") == 1
    assert once(place) == []
    assert not waits_for_a_person(place, "ann")


def test_who_hands_in_again_is_marked_again_as_nbgrader_has_it(place: Place, ann: Trainee) -> None:
    ann.fetch()
    ann.write("I would listen first.")
    ann.hand_in()
    once(place)
    mark(place, "ann", 4, "Well said!")
    once(place)
    ann.write("I would talk.")
    ann.hand_in()
    assert any("a person has to mark" in line for line in once(place))
    assert waits_for_a_person(place, "ann")
    assert gradebook_score(place.course, "ann") == ALL + 4


@contextlib.contextmanager
def busy_person(place: Place, trainee: str) -> Iterator[list[BaseException]]:
    """Mark all the time, as fast as it goes; yields what went wrong."""
    wrong: list[BaseException] = []
    over = threading.Event()

    def work() -> None:
        number = 0
        try:
            while not over.is_set():
                number += 1
                mark(place, trainee, number % 5, f"Comment {number}")
        except BaseException as error:  # noqa: BLE001 - is looked at
            wrong.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield wrong
    finally:
        over.set()
        thread.join()


def test_nobody_finds_the_gradebook_locked(place: Place, ann: Trainee, bea: Trainee) -> None:
    ann.fetch()
    ann.write("I would listen first.")
    ann.hand_in()
    once(place)
    with watching(place) as watcher, busy_person(place, "ann") as wrong:
        for points in (2, 4, 0):
            bea.hand_in(right_ones=points)
            watcher.expect("bea", "feedback released")
        watcher.end()
    assert not wrong
    assert "not done" not in watcher.said
    assert gradebook_score(place.course, "bea") == NONE


def test_all_is_in_the_gradebook_that_is_named_for_the_machine(
    place: Place, ann: Trainee, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = (place.course / "gradebook.db").rename(tmp_path / "elsewhere.db")
    name_gradebook_for_the_machine(elsewhere, monkeypatch)
    ann.hand_in()
    once(place)
    [page] = ann.fetched_feedback()
    assert total(page) == f"{ALL} of 19"
    assert not (place.course / "gradebook.db").exists()


def test_a_gradebook_that_goes_away_is_waited_for(place: Place, ann: Trainee) -> None:
    gradebook, feedback = place.course / "gradebook.db", place.course / "feedback"
    feedback.touch()
    with watching(place) as watcher:
        ann.hand_in(right_ones=2)
        watcher.expect("not done")  # and so asks for its marks with each look
        back, gone = place.folder / "back.db", place.folder / "gone.db"
        back.hardlink_to(gradebook)
        gone.symlink_to("/nowhere/gradebook.db")
        gone.rename(gradebook)
        watcher.expect("The gradebook cannot be read now")
        feedback.unlink()
        ann.hand_in(right_ones=4)
        back.rename(gradebook)
        watcher.expect("feedback released")
        assert watcher.end() == 0
    assert watcher.said.count("The gradebook cannot be read now") == 1
    assert gradebook_score(place.course, "ann") == ALL


def test_feedback_can_be_kept_back_and_released_later(place: Place, ann: Trainee) -> None:
    ann.hand_in()
    assert once(place, "--no-release")[-1].startswith("ann, greeting: feedback written")
    assert place.feedback("ann").exists()
    assert place.released() == []
    assert [line.split(",")[1] for line in once(place)] == [" greeting: feedback released"]
    assert ann.sees_feedback() == [True]


def test_of_several_modules_only_those_that_are_named_are_watched(
    place: Place, ann: Trainee
) -> None:
    ann.hand_in()
    assert once(place, "farewell") == []
    assert len(once(place, "greeting")) == 4


# Of one course there is one watcher, and it ends when asked to.


def test_a_second_watcher_says_that_there_is_one(place: Place, ann: Trainee) -> None:
    with watching(place) as first:
        first.expect("Watching")
        second = subprocess.run(
            first.process.args, text=True, capture_output=True, check=False, timeout=SECONDS
        )
        assert second.returncode == 1
        assert "Another process watches" in second.stderr
        ann.hand_in()
        first.expect("feedback released")
        first.end(signal.SIGKILL)
    assert once(place) == []


def test_a_course_that_cannot_be_watched_says_why(place: Place) -> None:
    with (place.course / "nbgrader_config.py").open("a") as settings:
        settings.write("c.CourseDirectory.course_id = ''\n")
    with watching(place) as watcher:
        assert watcher.process.wait(SECONDS) == 1


# What cannot be graded, and what nobody should have put there.


def test_what_cannot_be_graded_is_told_once_and_stops_nobody(
    place: Place, ann: Trainee, bea: Trainee
) -> None:
    (place.course / "autograded").mkdir()
    (place.course / "autograded/ann").touch()
    with watching(place) as watcher:
        ann.hand_in()
        watcher.expect("ann, greeting: not done. ", "File exists")
        bea.hand_in()
        watcher.expect("bea", "feedback released")
        (place.course / "autograded/ann").unlink()
        ann.hand_in()  # has changed, so it is tried again
        watcher.expect("ann", "feedback released")
        assert watcher.end() == 0
    assert watcher.said.count("not done") == 1


def test_what_is_still_being_written_is_not_taken(place: Place, ann: Trainee, bea: Trainee) -> None:
    with watching(place) as watcher:
        watcher.expect("Watching")
        folder = ann.hand_in()
        watcher.expect("ann", "feedback released")
        later = folder.with_name(folder.name.replace("+20", "+21"))
        later.mkdir()  # as nbgrader's submit does, step by step
        for file in folder.iterdir():
            shutil.copy(file, later)
        bea.hand_in()
        watcher.expect("bea", "feedback released")
        (later / "timestamp.txt").write_text(later.name.split("+")[2])
        (later / "submission_secret.txt").write_text("another")
        later.chmod(0o777)
        watcher.expect("ann", "feedback released")
        watcher.end()
    assert watcher.said.count("ann, greeting: collected") == 2


def test_an_unfinished_submission_is_told_and_the_one_before_it_counts(
    place: Place, ann: Trainee
) -> None:
    folder = ann.hand_in()
    later = folder.with_name(folder.name.replace("+20", "+21"))
    later.mkdir()
    os.utime(later, (0, 1))
    said = once(place)
    assert f"{later.name} in inbound is not whole" in said[0]
    assert "feedback released" in said[-1]


def links(folder: Path, secret: Path) -> str:
    """Put links where files and a folder belong."""
    (folder / "first-call.ipynb").unlink()
    (folder / "first-call.ipynb").symlink_to(secret)
    (folder / "more").symlink_to(secret.parent)
    return "first-call.ipynb"


def pipe(folder: Path, _secret: Path) -> str:
    """Put a pipe that nobody writes to where a file belongs."""
    (folder / "first-call.answers.json").unlink()
    os.mkfifo(folder / "first-call.answers.json")
    return "first-call.answers.json"


def huge(folder: Path, _secret: Path) -> str:
    """Put a file of ten gigabytes there that takes no room."""
    with (folder / "huge").open("wb") as file:
        file.truncate(10 * 1024**3)
    return "huge"


def test_nothing_is_collected_but_ordinary_files(place: Place, bea: Trainee) -> None:
    names = {}
    for put in (links, pipe, huge):
        folder = Trainee(put.__name__, place).hand_in()
        names[put.__name__] = put(folder, place.course / "source/greeting/first-call.ipynb")
    bea.hand_in()
    said = once(place)
    for trainee, name in names.items():
        assert any(f"{trainee}, greeting: not collected" in line and name in line for line in said)
    assert gradebook_score(place.course, "bea") == ALL
    collected = list((place.course / "submitted").glob("*/greeting/*"))
    assert all(path.is_file() and not path.is_symlink() for path in collected)
    notebooks = [path.read_text() for path in collected if path.suffix == ".ipynb"]
    assert "SOLUTION" not in "".join(notebooks)
    assert sum("feedback released" in line for line in said) == 1 + len(names)


def test_too_many_files_are_refused(place: Place, ann: Trainee, bea: Trainee) -> None:
    folder = ann.hand_in()
    for number in range(6000):
        (folder / str(number)).touch()
    bea.hand_in()
    said = once(place)
    assert any("in inbound is refused: it holds more than 5000 files" in line for line in said)
    assert not (place.course / "submitted/ann/greeting").exists()
    assert gradebook_score(place.course, "bea") == ALL


def test_whole_submissions_that_are_links_or_have_odd_names_are_refused(
    place: Place, ann: Trainee, bea: Trainee
) -> None:
    folder = bea.hand_in()
    stamp = "2099-01-01 00:00:00.000000 UTC"
    names = [f"..+greeting+{stamp}", f"b*+greeting+{stamp}", "bea+greeting+never+x"]
    for name in names:
        shutil.copytree(folder, place.inbound / name)
    ann.hand_in()
    (place.inbound / f"ann+greeting+{stamp}+x").symlink_to(folder)
    said = once(place)
    assert sum("is refused: its name is not" in line for line in said) == len(names)
    assert sum("is refused: it is no folder" in line for line in said) == 1
    assert {path.name for path in (place.course / "submitted").iterdir()} == {"ann", "bea"}
    assert not (place.course / "greeting").exists()
    assert sum("feedback released" in line for line in said) == 2


def test_nobody_hands_in_for_somebody_else(place: Place, bea: Trainee) -> None:
    place.settle(check_owner=True)
    me = Trainee(getpass.getuser(), place)
    me.hand_in()
    bea.hand_in()  # under my account
    said = once(place)
    assert any("it belongs to the account" in line and "not to bea" in line for line in said)
    assert not (place.course / "submitted/bea").exists()
    assert me.sees_feedback() == [True]


def test_without_a_secret_feedback_is_written_but_cannot_be_released(place: Place) -> None:
    desk = place.course / "submitted/eva/greeting"  # came by mail
    shutil.copytree(place.course / "release/greeting", desk)
    said = once(place)
    assert "without a submission_secret.txt" in said[-1]
    assert place.feedback("eva").exists()
    assert once(place) == []


# Whoever is killed: the watcher, a process of it, one in its sandbox.


def whole(place: Place) -> None:
    """See that what others can see is whole."""
    for path in place.course.glob("autograded/*/greeting/*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=4))
    pages = [*place.course.glob("feedback/*/greeting/*.html"), *place.released()]
    for page in pages:
        assert page.name.endswith("-tmp.html") or page.read_text().rstrip().endswith("</html>")
    for path in place.course.glob("submitted/*/greeting"):
        assert {"first-call.ipynb", "timestamp.txt"} <= {file.name for file in path.iterdir()}


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("victim", ["watcher", "helper"])
def test_after_a_kill_nothing_is_lost_doubled_or_half_done(
    place: Place, victim: str, number: int
) -> None:
    chance = random.Random(f"{victim} {number}")  # noqa: S311 - no secret
    trainees = [Trainee(name, place) for name in TRAINEES]
    for trainee in trainees:
        trainee.hand_in(right_ones=2)
    once(place)
    before = {trainee.name: trainee.fetched_feedback()[0] for trainee in trainees}
    for trainee in trainees:
        trainee.hand_in(right_ones=4)
    with watching(place) as watcher:
        with contextlib.suppress(subprocess.TimeoutExpired):
            watcher.process.wait(chance.uniform(0, LONGEST))  # any moment, not an event
        helpers = watcher.helpers() if victim == "helper" else []
        if helpers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(helpers).pid, signal.SIGKILL)
        watcher.end(signal.SIGTERM if helpers else signal.SIGKILL)
    whole(place)
    once(place)
    assert once(place) == []
    whole(place)
    for trainee in trainees:
        old, new = trainee.fetched_feedback()
        assert (old, total(new)) == (before[trainee.name], "8 of 19")
        assert gradebook_score(place.course, trainee.name) == ALL
    with Gradebook(f"sqlite:///{place.course / 'gradebook.db'}") as gradebook:
        found = [one.student_id for one in gradebook.assignment_submissions("greeting")]
    assert sorted(found) == TRAINEES
    assert {path.name for path in (place.course / "submitted").iterdir()} == set(TRAINEES)
    assert not list((place.course / "build/autograding").iterdir())
    notes = (place.course / "build/graded/greeting").glob("*.json")
    assert all(json.loads(note.read_text())["fingerprint"] for note in notes)
