"""For programs that have to be there at once, and for those that then fork others."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator


def import_fast() -> None:
    """Leave out a part of jsonschema, for which most of nbformat's and nbgrader's import is spent.

    It builds a grammar of internationalised addresses, to check fields of a format that no schema
    of Jupyter's has. Without it jsonschema does not check that format.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


@contextlib.contextmanager
def for_good() -> Iterator[None]:
    """Treat all that is made meanwhile as there to stay.

    Python's garbage collector then looks through it neither while it is made, a tenth of the time
    of large imports, nor later, which would also copy it into every process that is forked.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
