"""What trainees have handed in: the exchange's `inbound` folder, in which anyone can put anything.

Of what is in it nothing is believed but what the system says, and nothing is read but ordinary
files of the trainee's own. All files are opened below a folder that is held open, so that nobody
can put a link in the place of what has been looked at.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import stat
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

from nbgrader.utils import parse_utc

from clientcourse.grading.intake import DEEPEST
from clientcourse.grading.safe import safe_words
from clientcourse.language import Text

STAMP = "timestamp.txt"
SECRET = "submission_secret.txt"  # noqa: S105 - its name
_SMALL = 1000  # bytes
_MOST = 5000  # files and folders
_CHUNK = 1024 * 1024  # bytes
_SUBMITTED = 0o777
"""What nbgrader gives a submission's folder as the very last step of handing in."""
# O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
_NO_FOLDER = {errno.ENOTDIR, errno.ELOOP}
_THEIRS = _NO_FOLDER | {errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENXIO, errno.ENODEV}
"""What goes wrong by what a trainee has put there; anything else is trouble of the machine."""
_SPECIAL = set("*?[]")  # to nbgrader, which looks for trainees' folders by patterns

_WORDS = {
    "name": Text(
        zh="文件夹名不是“学员+模块+时间”",
        en="its name is not trainee+module+time, as nbgrader's is",
    ),
    "folder": Text(zh="它不是一个文件夹", en="it is no folder"),
    "owner": Text(
        zh="它属于账户 {owner}，不属于 {trainee}。如果学员没有各自的系统账户，请在 "
        "nbgrader_config.py 里设置 c.ExchangeCollect.check_owner = False",
        en="it belongs to the account {owner}, not to {trainee}. If trainees have no accounts of "
        "their own on this machine, set c.ExchangeCollect.check_owner = False in "
        "nbgrader_config.py",
    ),
    "many": Text(zh="文件超过 {most} 个", en="it holds more than {most} files"),
    "large": Text(
        zh="文件加起来超过 {most} KB（c.CourseDirectory.max_dir_size）",
        en="its files take more than {most} KB together (c.CourseDirectory.max_dir_size)",
    ),
}


class Refused(Exception):
    """Something in the inbound folder is no submission.

    Parameters
    ----------
    why
        For the instructor.
    """

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class NotWhole(Exception):
    """A submission is still being written."""


@dataclass(frozen=True)
class Arrival:
    """What says to be a submission.

    Parameters
    ----------
    folder
        Its place in the inbound folder.
    stamp
        The time as nbgrader's submit has written it.
    at
        The same time, in UTC.
    """

    folder: Path
    trainee: str
    module: str
    stamp: str
    at: datetime


@dataclass(frozen=True)
class Limits:
    """What of a submission is taken, by nbgrader's own settings.

    Parameters
    ----------
    file_kb, folder_kb
        A larger file is left out; a submission that is larger as a whole is refused.
    ignore, include
        Patterns of names.
    """

    file_kb: int
    folder_kb: int
    ignore: tuple[str, ...]
    include: tuple[str, ...]

    def leave_out(self, name: str, *, folder: bool) -> bool:
        """Tell whether nbgrader does not collect what has such a name."""
        wanted = folder or any(fnmatch(name, pattern) for pattern in self.include)
        return not wanted or any(fnmatch(name, pattern) for pattern in self.ignore)


def arrivals(
    inbound: Path, modules: Collection[str], refuse: Callable[[str, Text], None]
) -> dict[tuple[str, str], list[Arrival]]:
    """Return what has arrived, the newest first, by trainee and module.

    Parameters
    ----------
    modules
        Those that are looked at.
    refuse
        Called with the name of each folder that is none of a submission, and the reason.
    """
    found = defaultdict(list)
    with contextlib.suppress(FileNotFoundError), os.scandir(inbound) as entries:
        for entry in entries:
            parts = entry.name.rsplit("+", 3)  # as nbgrader does; a trainee's id may have one, too
            if len(parts) < 3 or parts[1] not in modules:  # noqa: PLR2004 - that many parts
                continue
            trainee, module, stamp, *_random = parts
            at = moment(stamp)
            if at is None or not _is_id(trainee):
                refuse(entry.name, _WORDS["name"])
                continue
            found[trainee, module].append(Arrival(Path(entry.path), trainee, module, stamp, at))
    for several in found.values():
        several.sort(key=lambda one: one.at, reverse=True)
    return dict(found)


@lru_cache(maxsize=100_000)
def moment(stamp: str) -> datetime | None:
    """Return the time that a time stamp of nbgrader's says, in UTC; `None` if it says none."""
    try:
        return parse_utc(stamp) if stamp else None
    except (ValueError, OverflowError, TypeError):
        return None


def is_secret(text: str) -> bool:
    """Tell whether a text can be what nbgrader's submit writes to name feedback by."""
    return 0 < len(text) < _SMALL and text.isascii() and text.isprintable()


def _is_id(trainee: str) -> bool:
    """Tell whether it can name a folder, and that of one trainee only."""
    return trainee.isprintable() and trainee[:1] not in {"", "."} and not set(trainee) & _SPECIAL


@contextlib.contextmanager
def opened(arrival: Arrival, *, check_owner: bool) -> Iterator[int]:
    """Hold a whole submission open.

    Parameters
    ----------
    check_owner
        Whether it has to belong to the account that is named like the trainee.

    Yields
    ------
    int
        Descriptor of its folder.

    Raises
    ------
    NotWhole
        If it is not written to its end. nbgrader's submit copies the files, writes a time stamp and
        a secret, and then gives the folder its final permissions.
    Refused
        If it is no submission.
    """
    try:
        folder = os.open(arrival.folder, _FOLDER)
    except OSError as error:
        if error.errno in _NO_FOLDER:
            raise Refused(_WORDS["folder"]) from None
        raise NotWhole from None
    try:
        about = os.fstat(folder)
        if check_owner and (owner := _account(about.st_uid)) != arrival.trainee:
            raise Refused(_about("owner", owner=owner, trainee=safe_words(arrival.trainee)))
        if (
            stat.S_IMODE(about.st_mode) & _SUBMITTED != _SUBMITTED
            or read_small(STAMP, folder).strip() != arrival.stamp
            or not is_secret(read_small(SECRET, folder))
        ):
            raise NotWhole
        yield folder
    finally:
        os.close(folder)


def _about(name: str, **more: object) -> Text:
    text = _WORDS[name]
    return Text(zh=text.zh.format(**more), en=text.en.format(**more))


def _account(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"#{number}"


def read_small(path: str | Path, folder: int | None = None) -> str:
    """Return the beginning of an ordinary file; nothing if it is none.

    Parameters
    ----------
    folder
        Descriptor of the folder that the path starts from.
    """
    try:
        file = os.open(path, _FILE, dir_fd=folder)
    except OSError:
        return ""
    try:
        ordinary = stat.S_ISREG(os.fstat(file).st_mode)
        return os.read(file, _SMALL).decode(errors="replace") if ordinary else ""
    finally:
        os.close(file)


def copy(folder: int, to: Path, limits: Limits) -> list[str]:
    """Copy what is a trainee's own in a submission.

    Parameters
    ----------
    folder
        Descriptor of its folder.
    to
        Place for a new folder.

    Returns
    -------
    list[str]
        What was left out: links, pipes, devices, files of other accounts and those that are too
        large, folders that are too deep in each other, what cannot be read.

    Raises
    ------
    Refused
        If there is too much of it.
    """
    copying = _Copying(limits, os.fstat(folder).st_uid)
    copying.copy(folder, to, ())
    return copying.left_out


class _Copying:
    def __init__(self, limits: Limits, owner: int) -> None:
        self._limits, self._owner = limits, owner
        self._number = self._bytes = 0
        self.left_out: list[str] = []

    def copy(self, folder: int, to: Path, inside: Sequence[str]) -> None:
        to.mkdir()
        with os.scandir(folder) as entries:
            for entry in entries:
                self._number += 1
                if self._number > _MOST:
                    raise Refused(_about("many", most=_MOST))
                self._take(folder, to / entry.name, (*inside, entry.name))

    def _take(self, folder: int, to: Path, inside: Sequence[str]) -> None:
        try:
            about = os.stat(to.name, dir_fd=folder, follow_symlinks=False)
            is_folder = stat.S_ISDIR(about.st_mode)
            if self._limits.leave_out(to.name, folder=is_folder):
                return
            opened_ = os.open(to.name, _FOLDER if is_folder else _FILE, dir_fd=folder)
        except OSError as error:
            if error.errno not in _THEIRS:
                raise
            self._leave_out(inside)
            return
        try:
            if not is_folder:
                self._copy_file(opened_, to, inside)
            elif len(inside) <= DEEPEST:
                self.copy(opened_, to, inside)
            else:
                self._leave_out(inside)
        finally:
            os.close(opened_)

    def _leave_out(self, inside: Sequence[str]) -> None:
        self.left_out.append("/".join(inside))

    def _copy_file(self, file: int, to: Path, inside: Sequence[str]) -> None:
        about = os.fstat(file)
        # One of another account was linked to by its inode.
        own = stat.S_ISREG(about.st_mode) and about.st_uid == self._owner
        if not own or about.st_size > self._limits.file_kb * 1000:  # as nbgrader counts
            self._leave_out(inside)
            return
        self._bytes += about.st_size
        if self._bytes > self._limits.folder_kb * 1000:
            raise Refused(_about("large", most=self._limits.folder_kb))
        left = about.st_size  # what it grows by meanwhile is not of this submission
        with to.open("xb") as target:
            while left and (chunk := os.read(file, min(left, _CHUNK))):
                target.write(chunk)
                left -= len(chunk)
