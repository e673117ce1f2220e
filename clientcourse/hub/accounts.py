"""Gives each trainee a Unix account of their own, for good, where no system makes accounts.

They are kept in one file in the form of passwd(5), beside the files that belong to them: whoever
collects submissions looks up in it whose they are.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import re
from dataclasses import dataclass
from pathlib import Path

from clientcourse.errors import CourseError

FIRST, LAST = 10_000, 59_999
"""Numbers of trainees: above those of Debian's own accounts, below the last (65535) that pods in a
user namespace can tell apart."""

NAME = r"[a-z0-9_][a-z0-9._@-]{0,62}"
"""Log-in names that can name an account, a folder and, in nbgrader's exchange, a trainee."""

COURSE_ACCOUNT = "course"
"""The account in the image that owns the course's folder."""

_FILE, _LOCK = "passwd", "lock"
_LINE = re.compile(rf"(?P<name>{NAME}):x:(?P<number>[0-9]+):(?P=number):[^:]*:[^:]*:[^:]*")


class NoAccount(CourseError):
    """Somebody cannot be given an account, or the accounts are not what they were."""


@dataclass(frozen=True)
class Account:
    """An account, and group, that belongs to one trainee."""

    name: str
    number: int
    home: str

    def __str__(self) -> str:
        """Return its line of passwd(5)."""
        return f"{self.name}:x:{self.number}:{self.number}::{self.home}:/bin/sh"


@dataclass(frozen=True)
class Accounts:
    """The accounts of a course's trainees.

    Parameters
    ----------
    folder
        Holds the file `passwd`, which is empty at first. Nobody but the hub can write to it.
    home
        Where each trainee's own server shows the home.
    """

    folder: Path
    home: str

    def of(self, name: str) -> Account:
        """Return somebody's account, always the same, which was never anyone else's.

        Parameters
        ----------
        name
            As they log in.

        Raises
        ------
        NoAccount
            If the name cannot name an account, no number is left or the file is damaged or lost.
        """
        if not re.fullmatch(NAME, name) or _belongs_to_system(name):
            raise NoAccount(
                f"{name!r} cannot be the name of a trainee: small letters, digits and ._@- are "
                "possible, names of system accounts are not."
            )
        with (self.folder / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = self._known()
            if name not in known:
                number = max((account.number for account in known.values()), default=FIRST - 1) + 1
                if number > LAST:
                    raise NoAccount(f"All {LAST - FIRST + 1} accounts are given away.")
                known[name] = Account(name, number, self.home)
                self._keep(known)
        return known[name]

    def _known(self) -> dict[str, Account]:
        file = self.folder / _FILE
        known: dict[str, Account] = {}
        numbers: set[int] = set()
        if not file.exists():
            raise NoAccount(f"{file} is lost, and with it who has which account: put it back.")
        for line in file.read_text().splitlines():
            parts = _LINE.fullmatch(line)
            if not parts or not FIRST <= int(parts["number"]) <= LAST:
                raise NoAccount(f"{file} has a line that is none of ours: {line!r}")
            account = Account(parts["name"], int(parts["number"]), self.home)
            if account.name in known or account.number in numbers:
                raise NoAccount(f"{file} gives an account away twice: {line!r}")
            known[account.name] = account
            numbers.add(account.number)
        return known

    def _keep(self, known: dict[str, Account]) -> None:
        """Write them down at once as a whole, so that no account is lost to a crash."""
        new = self.folder / f"{_FILE}.new"
        with new.open("w") as file:
            file.writelines(f"{account}\n" for account in known.values())
            file.flush()
            os.fsync(file.fileno())
        new.chmod(0o644)
        new.replace(self.folder / _FILE)


def _belongs_to_system(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return name == COURSE_ACCOUNT
    return True
