"""Spares programs that have to be there at once the slowest import of all."""

from __future__ import annotations

import sys


def import_fast() -> None:
    """Leave out a part of jsonschema, for which most of nbformat's and nbgrader's import is spent.

    It builds a grammar of internationalised addresses, to check fields of a format that no schema
    of Jupyter's has. Without it jsonschema does not check that format.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
