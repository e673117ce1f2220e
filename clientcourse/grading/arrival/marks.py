"""What the gradebook says: for each submission a word that changes with any mark or comment."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nbgrader.api import Assignment, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Select, create_engine, select
from sqlalchemy.pool import NullPool


@dataclass(frozen=True)
class Marks:
    """What the gradebook says at one time.

    Parameters
    ----------
    of
        By trainee and module, a word that changes with each mark and comment.
    due
        When a module is due, if it is.
    """

    of: dict[tuple[str, str], str] = field(default_factory=dict)
    due: dict[str, datetime | None] = field(default_factory=dict)


class MarkReader:
    """Reads the gradebook now and then, without keeping it open.

    Parameters
    ----------
    db_url
        The gradebook, which exists.
    """

    def __init__(self, db_url: str) -> None:
        # Whoever is forked from this process must not find a connection of ours.
        self._engine = create_engine(db_url, poolclass=NullPool)

    def read(self, modules: Sequence[str], trainee: str | None = None) -> Marks:
        """Read the marks of some modules, of all trainees or of one."""
        rows: dict[tuple[str, str], list[str]] = defaultdict(list)
        queries = [
            _about(
                Grade, Grade.auto_score, Grade.manual_score, Grade.extra_credit,
                Grade.needs_manual_grade,
            ),
            _about(Comment, Comment.auto_comment, Comment.manual_comment),
        ]  # fmt: skip
        due = select(Assignment.name, Assignment.duedate).where(Assignment.name.in_(modules))
        with self._engine.connect() as connection:
            for query in queries:
                wanted = query.where(Assignment.name.in_(modules))
                if trainee is not None:
                    wanted = wanted.where(SubmittedAssignment.student_id == trainee)
                for student, module, *row in connection.execute(wanted):
                    rows[student, module].append(repr(row))
            return Marks(
                {key: _word(sorted(found)) for key, found in rows.items()},
                dict(connection.execute(due).tuples().all()),
            )


def _about(mark: type[Grade | Comment], *columns: Any) -> Select[Any]:  # noqa: ANN401
    return (
        select(
            SubmittedAssignment.student_id,
            Assignment.name,
            SubmittedNotebook.id,
            SubmittedNotebook.late_submission_penalty,
            mark.cell_id,
            *columns,
        )
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(mark, mark.notebook_id == SubmittedNotebook.id)
    )


def _word(rows: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(rows).encode(errors="replace")).hexdigest()
