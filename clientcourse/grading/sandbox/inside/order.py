"""What the grader asks the fence for, and where things stand inside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

GRADER = Path("/run/grader")
"""Where the grader's working folder is seen; hidden from kernels."""
SOCKETS = Path("/run/kernel")
HOME = Path("/home/trainee")
SCRATCH = Path("/run/scratch")
NOBODY = 65534

READY = b"ready"
"""What the warm parent says once, on its standard output."""

CHANNELS = ("shell", "iopub", "stdin", "hb", "control")
"""The sockets of a kernel, in the order of their numbers from 1."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use up; see `settings.Sandbox`."""

    memory_mb: int
    disk_mb: int
    file_mb: int
    processes: int
    cpu_seconds: int
    notebook_seconds: int


@dataclass(frozen=True)
class Order:
    """What the grader asks for.

    Parameters
    ----------
    id
        Name of the submission's folder in the grader's working folder: files to work on are in
        `in/`, sockets come into `sockets/`, what is to be kept goes into `out/`.
    folder
        Name of the folder that the kernel works in.
    environment
        Environment variables of the kernel.
    connection
        Key and signature scheme of the Jupyter protocol.
    keep
        Names of the files that are copied out when the kernel has ended.
    """

    id: str
    folder: str
    environment: dict[str, str]
    connection: dict[str, str]
    keep: list[str]
    limits: Limits

    @classmethod
    def read(cls, line: bytes) -> Order:
        """Read an order from the grader."""
        fields = json.loads(line)
        return cls(**{**fields, "limits": Limits(**fields["limits"])})
