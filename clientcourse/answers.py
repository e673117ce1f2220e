"""The answer file of one lesson: read, merge, write, recover.

Once `AnswerFile.record` has returned, the answer is on disk twice: in the answer file and in the
backup beside it, each written to a temporary file, synced and renamed. A reader therefore never
sees half a file, and one damaged file loses nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import filelock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clientcourse.errors import CourseError
from clientcourse.files import write_safely
from clientcourse.items import ItemId
from clientcourse.language import Language
from clientcourse.messages import say

MAX_BYTES = 2_000_000
SCHEMA = 1
LOCK_SECONDS = 10.0

By = Literal["widget", "code"]


class NotSaved(CourseError):
    """An answer could not be saved; what had been saved before is untouched."""


class DamagedAnswers(CourseError):
    """A file that is no answer file."""


class Answer(BaseModel):
    """One recorded answer: its value, when (UTC) and through what it was given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Any
    at: dt.datetime
    by: By


class Answers(BaseModel):
    """The content of an answer file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = Field(default=1, alias="schema")
    lesson: str
    trainee: str
    variant: Annotated[int, Field(ge=0)]
    answers: dict[ItemId, Answer] = {}

    def dump(self) -> bytes:
        """Return the bytes of the file."""
        return self.model_dump_json(by_alias=True, indent=1).encode() + b"\n"


def parse(data: bytes) -> Answers:
    """Return the answers in the bytes of an answer file, which are not trusted.

    Raises
    ------
    DamagedAnswers
        If they are too many, no JSON, nested too deeply or not of the answer file's form.
    """
    if len(data) > MAX_BYTES:
        raise DamagedAnswers(f"more than {MAX_BYTES // 1_000_000} MB")
    try:
        return Answers.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise DamagedAnswers(f"{place}: {first['msg']}" if place else first["msg"]) from None


def files_of(lesson: str) -> tuple[str, str]:
    """Return the names of a lesson's answer file and of the backup beside it."""
    return f"{lesson}.answers.json", f"{lesson}.answers.backup.json"


def survey_of(lesson: str) -> str:
    """Return under which name what is said in a lesson's survey is kept, apart from its answers."""
    return f"{lesson}.survey"


def read(folder: Path, lesson: str) -> tuple[Answers | None, str | None]:
    """Read a lesson's answers from a folder that is not trusted, without changing anything.

    Parameters
    ----------
    lesson
        A lesson, or the survey of one.

    Returns
    -------
    answers, trouble
        The answers, from the backup if the file itself is damaged or missing; `None` if there are
        none. `trouble` says what was wrong with the file itself, `None` if nothing was.
    """
    trouble = None
    for name in files_of(lesson):
        try:
            answers = parse(read_bytes(folder / name))
        except FileNotFoundError:
            continue
        except (DamagedAnswers, OSError) as error:
            trouble = trouble or str(error)
            continue
        return answers, trouble
    return None, trouble


@dataclass(frozen=True)
class AnswerFile:
    """The answer file of one trainee in one lesson.

    Parameters
    ----------
    folder
        Where the notebook and its files lie.
    lesson, trainee, variant
        Whose answers these are.
    language
        Language of messages.
    notify
        Called with a sentence when a damaged or foreign file had to be set aside.
    """

    folder: Path
    lesson: str
    trainee: str
    variant: int
    language: Language
    notify: Callable[[str], object] = field(default=print)

    @property
    def path(self) -> Path:
        """The answer file."""
        return self.folder / files_of(self.lesson)[0]

    @property
    def backup(self) -> Path:
        """The copy beside it."""
        return self.folder / files_of(self.lesson)[1]

    def read(self) -> dict[str, Answer]:
        """Return all answers by item id; set a damaged or foreign file aside first.

        What stands in the way of writing is told through `notify`; reading goes on as far as it
        can, so that a trainee on a full disk or in a closed folder still sees the answers.
        """
        try:
            with self._locked():
                return dict(self._current().answers)
        except NotSaved as error:
            self.notify(str(error))
            return self.peek()

    def peek(self) -> dict[str, Answer]:
        """Return all answers by item id as far as they can be read; change and tell nothing."""
        answers, _ = read(self.folder, self.lesson)
        return dict(answers.answers) if answers and self._is_ours(answers) else {}

    def record(
        self,
        item: str,
        value: Any,  # noqa: ANN401 - any JSON
        by: By,
        follows: Callable[[Any], bool] = lambda _stored: True,
    ) -> Answer:
        """Record one answer and return it once it is safely on disk.

        Parameters
        ----------
        item
            Item id.
        value
            Plain JSON data that fits the item; `None` withdraws the answer.
        by
            What it was given through.
        follows
            Tells whether the value may take the place of the one that is stored.

        Raises
        ------
        NotSaved
            If it could not be saved; the file is as it was before.
        """
        with self._locked():
            current = self._current()
            if self.path.exists() and not self.path.stat().st_mode & stat.S_IWUSR:
                raise NotSaved(say("read-only", self.language, file=self.path.name))
            stored = current.answers.get(item)
            if stored is not None and not follows(stored.value):
                raise NotSaved(say("out-of-date", self.language))
            answer = Answer(value=value, at=dt.datetime.now(dt.UTC), by=by)
            merged = current.model_copy(update={"answers": {**current.answers, item: answer}})
            data = merged.dump()
            if len(data) > MAX_BYTES:
                limit, size = MAX_BYTES / 1e6, len(data) / 1e6
                raise NotSaved(
                    say("too-big", self.language, item=item, limit=f"{limit:g}", size=f"{size:.1f}")
                )
            # The file comes last: if either cannot be written, it is as it was before.
            write_safely(self.backup, data)
            write_safely(self.path, data)
        return answer

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock of this answer file; turn what the system refuses into `NotSaved`."""
        lock = filelock.FileLock(self.folder / f".{self.path.name}.lock", timeout=LOCK_SECONDS)
        try:
            with lock:
                yield
        except filelock.Timeout:
            message = say(
                "lock-timeout", self.language, file=self.path.name, seconds=f"{LOCK_SECONDS:g}"
            )
            raise NotSaved(message) from None
        except OSError as error:
            reason = error.strerror or str(error)
            message = say("cannot-write", self.language, file=self.path.name, reason=reason)
            raise NotSaved(message) from error

    def _current(self) -> Answers:
        """Return what is on disk now, recovering from the backup where needed."""
        empty = Answers(lesson=self.lesson, trainee=self.trainee, variant=self.variant)
        try:
            data = read_bytes(self.path)
        except FileNotFoundError:
            restored = self._from_backup()
            return restored if restored is not None else empty
        except DamagedAnswers:
            raise NotSaved(say("not-a-file", self.language, file=self.path.name)) from None
        try:
            current = self._parse(data)
        except DamagedAnswers:
            return self._recovered() or empty
        if not self._is_ours(current):
            aside = self._set_aside(self.path, "foreign")
            self.notify(
                say(
                    "foreign",
                    self.language,
                    file=self.path.name,
                    trainee=current.trainee,
                    lesson=current.lesson,
                    aside=aside,
                )
            )
            return self._from_backup() or empty
        return current

    def _is_ours(self, answers: Answers) -> bool:
        return (answers.lesson, answers.trainee) == (self.lesson, self.trainee)

    def _recovered(self) -> Answers | None:
        """Set the damaged file aside and put the backup in its place."""
        aside = self._set_aside(self.path, "damaged")
        restored = self._from_backup()
        file = self.path.name
        if restored is None:
            self.notify(say("damaged-lost", self.language, file=file, aside=aside))
            return None
        count = len(restored.answers)
        self.notify(say("damaged-restored", self.language, file=file, aside=aside, count=count))
        return restored

    def _from_backup(self) -> Answers | None:
        """Put the backup in the file's place; set one aside that is of no use here."""
        try:
            restored = self._parse(read_bytes(self.backup))
        except FileNotFoundError:
            return None
        except DamagedAnswers:
            self._set_aside(self.backup, "damaged")
            return None
        if not self._is_ours(restored):
            self._set_aside(self.backup, "foreign")
            return None
        write_safely(self.path, restored.dump())
        return restored

    def _parse(self, data: bytes) -> Answers:
        """Return the answers in a file of this version.

        Raises
        ------
        NotSaved
            If the file is of a newer version.
        DamagedAnswers
            If it is no answer file.
        """
        try:
            return parse(data)
        except DamagedAnswers:
            if _schema_of(data) > SCHEMA:
                raise NotSaved(say("newer-schema", self.language, file=self.path.name)) from None
            raise

    def _set_aside(self, path: Path, why: str) -> str:
        """Rename a file to a free name that says why, and return that name."""
        stamp = dt.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        for number in range(1, 1000):
            name = f"{self.lesson}.{why}-{stamp}-{number}.json"
            if not (self.folder / name).exists():
                path.rename(self.folder / name)
                return name
        raise FileExistsError(name)


def read_bytes(path: Path) -> bytes:
    """Read a file of at most the allowed size; refuse links, pipes and devices."""
    # O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise DamagedAnswers("not an ordinary file")
    with os.fdopen(handle, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _schema_of(data: bytes) -> int:
    """Return the schema number that a file of another version claims, 0 if none."""

    class Claim(BaseModel):
        version: int = Field(default=0, alias="schema")

    try:
        return Claim.model_validate_json(data).version
    except ValidationError:
        return 0
