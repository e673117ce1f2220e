"""Writes files that must not be lost or half written."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


def write_safely(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace a file by new bytes so that after a crash either the old or the new are there.

    Parameters
    ----------
    path
        The file. One that is there keeps its permissions.
    data
        All that is to be in it.
    mode
        Permissions of a new file; if nothing is said, all can read it.

    Raises
    ------
    OSError
        If it cannot be written; what was there still is.
    """
    if path.exists():
        mode = stat.S_IMODE(path.stat().st_mode)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
        os.replace(name, path)  # noqa: PTH105 - as a pair with mkstemp's plain name
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    # The new name must outlast a power cut, too.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
