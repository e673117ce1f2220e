"""The answer file: what was saved stays, and what goes wrong is said."""

import json
import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from clientcourse.answers import MAX_BYTES, AnswerFile, DamagedAnswers, NotSaved, parse, read

VALID = '{"schema": 1, "lesson": "nine", "trainee": "lin", "variant": 3, "answers": {}}'


def answer_file(folder: Path, trainee: str = "lin", told: list[str] | None = None) -> AnswerFile:
    notes = told if told is not None else []
    return AnswerFile(folder, "nine", trainee, 3, "en", notify=notes.append)


def values(folder: Path) -> dict[str, object]:
    return {id_: answer.value for id_, answer in answer_file(folder).read().items()}


def test_a_recorded_answer_is_there_for_the_next_reader(tmp_path: Path) -> None:
    answer_file(tmp_path).record("a", ["x", "y"], "widget")
    assert values(tmp_path) == {"a": ["x", "y"]}


def test_the_file_is_what_the_design_says(tmp_path: Path) -> None:
    answer_file(tmp_path).record("a", "x", "code")
    content = json.loads((tmp_path / "nine.answers.json").read_text())
    at = content["answers"]["a"].pop("at")
    assert at.endswith("Z")
    assert content == {
        "schema": 1,
        "lesson": "nine",
        "trainee": "lin",
        "variant": 3,
        "answers": {"a": {"value": "x", "by": "code"}},
    }


def test_the_newer_answer_wins(tmp_path: Path) -> None:
    first, second = answer_file(tmp_path), answer_file(tmp_path)
    first.record("a", "x", "widget")
    second.record("a", "y", "widget")
    assert values(tmp_path) == {"a": "y"}


def test_two_writers_merge_item_by_item(tmp_path: Path) -> None:
    first, second = answer_file(tmp_path), answer_file(tmp_path)
    first.read()
    second.record("b", "y", "widget")
    first.record("a", "x", "widget")
    assert values(tmp_path) == {"a": "x", "b": "y"}


def _record_many(folder: Path, start: int) -> None:
    for number in range(start, start + 25):
        answer_file(folder).record(f"item-{number}", number, "widget")


def test_no_click_of_two_processes_is_lost(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_record_many, args=(tmp_path, start)) for start in (0, 25)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(values(tmp_path).values()) == list(range(50))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema": 1}', "\x00" * 40, VALID[:-2]])
def test_a_damaged_file_loses_nothing_that_was_saved(tmp_path: Path, damage: str) -> None:
    answer_file(tmp_path).record("a", "x", "widget")
    answer_file(tmp_path).record("b", "y", "widget")
    (tmp_path / "nine.answers.json").write_text(damage)
    assert values(tmp_path) == {"a": "x", "b": "y"}


def test_a_deleted_file_is_restored(tmp_path: Path) -> None:
    answer_file(tmp_path).record("a", "x", "widget")
    (tmp_path / "nine.answers.json").unlink()
    assert values(tmp_path) == {"a": "x"}


def test_a_damaged_file_is_kept_and_the_trainee_is_told(tmp_path: Path) -> None:
    answer_file(tmp_path).record("a", "x", "widget")
    (tmp_path / "nine.answers.json").write_text("{oh")
    told: list[str] = []
    answer_file(tmp_path, told=told).read()
    (aside,) = tmp_path.glob("nine.damaged-*.json")
    assert aside.read_text() == "{oh"
    assert aside.name in told[0]


def test_without_a_good_copy_the_trainee_is_told_and_starts_afresh(tmp_path: Path) -> None:
    (tmp_path / "nine.answers.json").write_text("{oh")
    told: list[str] = []
    assert answer_file(tmp_path, told=told).read() == {}
    assert "ask your instructor" in told[0]


def test_a_foreign_file_is_set_aside_untouched(tmp_path: Path) -> None:
    answer_file(tmp_path, "wu").record("a", "hers", "widget")
    before = (tmp_path / "nine.answers.json").read_bytes()
    told: list[str] = []
    assert answer_file(tmp_path, told=told).read() == {}
    assert before in [path.read_bytes() for path in tmp_path.glob("nine.foreign-*.json")]
    assert "“wu”" in told[0]


def test_a_foreign_backup_is_kept_when_the_file_is_gone(tmp_path: Path) -> None:
    answer_file(tmp_path, "wu").record("a", "hers", "widget")
    (tmp_path / "nine.answers.json").unlink()
    answer_file(tmp_path).record("a", "mine", "widget")
    (aside,) = tmp_path.glob("nine.foreign-*.json")
    assert '"hers"' in aside.read_text()


def test_a_files_permissions_stay(tmp_path: Path) -> None:
    answer_file(tmp_path).record("a", "x", "widget")
    (tmp_path / "nine.answers.json").chmod(0o600)
    answer_file(tmp_path).record("a", "y", "widget")
    assert (tmp_path / "nine.answers.json").stat().st_mode & 0o777 == 0o600


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "nine.answers.json"
    path.write_text(VALID.replace('"schema": 1', '"schema": 2'))
    with pytest.raises(NotSaved, match="newer version"):
        answer_file(tmp_path).record("a", "x", "widget")
    assert '"schema": 2' in path.read_text()


def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    answer_file(tmp_path).record("a", "x", "widget")
    (tmp_path / "nine.answers.json").chmod(0o444)
    with pytest.raises(NotSaved, match="read-only"):
        answer_file(tmp_path).record("a", "y", "widget")
    assert values(tmp_path) == {"a": "x"}


def test_more_than_two_megabytes_are_refused_and_what_was_there_stays(tmp_path: Path) -> None:
    answer_file(tmp_path).record("a", "x", "widget")
    with pytest.raises(NotSaved, match="2 MB"):
        answer_file(tmp_path).record("b", "y" * MAX_BYTES, "code")
    assert values(tmp_path) == {"a": "x"}


def test_a_full_disk_is_said_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_file(tmp_path).record("a", "x", "widget")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotSaved, match="No space left on device"):
        answer_file(tmp_path).record("b", "y", "widget")
    monkeypatch.undo()
    assert values(tmp_path) == {"a": "x"}
    assert not list(tmp_path.glob(".nine.answers.json.??*[!k]"))


def test_a_folder_in_the_files_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "nine.answers.json").mkdir()
    with pytest.raises(NotSaved, match=r"nine\.answers\.json"):
        answer_file(tmp_path).record("a", "x", "widget")


def test_answers_can_be_read_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_file(tmp_path).record("a", "x", "widget")

    def closed(*_args: object, **_options: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", closed)
    told: list[str] = []
    assert set(answer_file(tmp_path, told=told).read()) == {"a"}
    assert "Permission denied" in told[0]


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"schema":1,"lesson":"x","trainee":"x","variant":0,"answers":{"a":{"value":'
        + b"[" * 5000
        + b"]" * 5000
        + b',"at":"2026-01-01T00:00:00Z","by":"code"}}}',
        b" " * (MAX_BYTES + 1),
        b"\xff\xfe",
        VALID.replace('"answers": {}', '"answers": {"../x": 1}').encode(),
        VALID.replace('"variant": 3', '"variant": -1').encode(),
    ],
)
def test_hostile_bytes_are_damaged_answers(data: bytes) -> None:
    with pytest.raises(DamagedAnswers):
        parse(data)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(VALID)
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "nine.answers.json").symlink_to(secret)
    answers, trouble = read(desk, "nine")
    assert answers is None
    assert trouble


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "nine.answers.json")
    reader = threading.Thread(target=read, args=(tmp_path, "nine"), daemon=True)
    reader.start()
    reader.join(timeout=20)
    assert not reader.is_alive()
