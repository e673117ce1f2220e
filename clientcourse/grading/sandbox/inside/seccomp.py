"""The system calls that trainee code is refused: a filter for the kernel, see `man 2 seccomp`.

They reach what the namespaces do not part, hold memory that no process is seen to hold, or are
doors into the system that were left open before. Ordinary code needs none of them.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from clientcourse.grading.sandbox.inside import linux

_Instruction = tuple[int, int, int, int]
"""Operation, how many instructions to leave out if it is so and if it is not, operand."""

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K

# Where things stand in `struct seccomp_data`.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EPERM
_KILL = 0x80000000

_X32 = 0x40000000  # another way to call the same system, with numbers of its own


@dataclass(frozen=True)
class _When:
    """An argument that has a value, as far as some of its bits are concerned."""

    argument: int
    bits: int
    value: int


_ALL = 0xFFFFFFFF
_MAP_SHARED_ANONYMOUS = 0x1 | 0x20
_BUFFERS: list[tuple[_When, ...]] = [
    (_When(1, _ALL, socket.SOL_SOCKET), _When(2, _ALL, option))
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF)
]
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_REFUSED: dict[str, tuple[int, int]] = {
    # Keys belong to an account, not to a namespace: the next submission would find them.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # Memory that is held without belonging to a process or to a file.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "vmsplice": (278, 75),
    # Ways around this filter, and into other processes.
    "io_uring_setup": (425, 425),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    # Where holes in the system were found again and again.
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    # What no privilege is left for; refused twice.
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
}
_REFUSED_SOMETIMES: dict[str, tuple[tuple[int, int], list[tuple[_When, ...]]]] = {
    # Shared memory without a file, of which no process tells what it has not just used.
    "mmap": ((9, 222), [(_When(3, _MAP_SHARED_ANONYMOUS, _MAP_SHARED_ANONYMOUS),)]),
    # Buffers larger than the keeper reckons with.
    "setsockopt": ((54, 208), _BUFFERS),
}
# Others are not parted by network namespaces (a virtual machine's host listens to `AF_VSOCK`), or
# make the system load old drivers.
_SOCKETS = {"socket": (41, 198), "socketpair": (53, 199)}


def program(machine: str) -> bytes:
    """Return the filter for a kind of machine.

    Raises
    ------
    NotImplementedError
        If the numbers of its system calls are not known.
    """
    if machine not in _MACHINES:
        raise NotImplementedError(f"no list of system calls to refuse on {machine}")
    return b"".join(struct.pack("=HBBI", *one) for one in _instructions(machine))


def _instructions(machine: str) -> Iterator[_Instruction]:
    which = list(_MACHINES).index(machine)
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield _IF_EQUAL, 1, 0, _MACHINES[machine]
    yield _RETURN, 0, 0, _KILL
    yield _LOAD, 0, 0, _NUMBER
    yield _IF_AT_LEAST, 0, 1, _X32
    yield _RETURN, 0, 0, _KILL
    for numbers in _REFUSED.values():
        yield from _refuse(numbers[which])
    for numbers, cases in _REFUSED_SOMETIMES.values():
        for case in cases:
            yield from _refuse(numbers[which], *case)
    for numbers in _SOCKETS.values():
        yield from _refuse_other_families(numbers[which])
    yield _RETURN, 0, 0, _ALLOW


def _refuse(number: int, *case: _When) -> Iterator[_Instruction]:
    """Refuse a system call if its arguments are such; else go on behind these instructions."""
    left = 1 + 3 * len(case)
    yield _LOAD, 0, 0, _NUMBER
    yield _IF_EQUAL, 0, left, number
    for when in case:
        left -= 3
        # The lower half, which comes first on both kinds of machine.
        yield _LOAD, 0, 0, _ARGUMENTS + 8 * when.argument
        yield _AND, 0, 0, when.bits
        yield _IF_EQUAL, 0, left, when.value
    yield _RETURN, 0, 0, _REFUSE


def _refuse_other_families(number: int) -> Iterator[_Instruction]:
    """Refuse sockets of all families but a few."""
    families = len(_FAMILIES)
    yield _LOAD, 0, 0, _NUMBER
    yield _IF_EQUAL, 0, families + 2, number
    yield _LOAD, 0, 0, _ARGUMENTS
    for left, family in zip(range(families, 0, -1), _FAMILIES, strict=True):
        yield _IF_EQUAL, left, 0, family
    yield _RETURN, 0, 0, _REFUSE


def refuse_system_calls() -> None:
    """Let this process and all that it starts never again make one of these calls."""
    linux.filter_system_calls(program(os.uname().machine))
