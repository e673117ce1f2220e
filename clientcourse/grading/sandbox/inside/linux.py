"""The few system calls that Python has no words for; see the manual pages of the same names."""

from __future__ import annotations

import ctypes
import os
import re
import signal
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 0x2

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave some of the namespaces that were shared so far."""
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Put a file system or a folder at a place."""
    names = [text.encode() or None for text in (source, target, kind)]
    done = _libc.mount(*names, ctypes.c_ulong(flags), options.encode() or None)
    _check(done, f"mount {target}")


def make_read_only(place: str) -> None:
    """Let nothing be written any more to what is mounted at a place; elsewhere it can be."""
    # What else is forbidden there has to be said again: an ordinary account may not allow it.
    kept = os.statvfs(place).f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("none", place, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | kept)


def mounted_below(place: Path) -> list[Path]:
    """Return where something is mounted below a folder, the outer before the inner."""
    lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    # Blanks and the like stand there as octal numbers.
    found = {
        Path(os.fsdecode(re.sub(rb"\\(\d{3})", lambda m: bytes([int(m[1], 8)]), line.split()[4])))
        for line in lines
    }
    return sorted(path for path in found if place in path.parents)


def umount(target: str) -> None:
    """Take away what was mounted last at a place, even if it is in use."""
    _check(_libc.umount2(target.encode(), ctypes.c_int(MNT_DETACH)), f"umount {target}")


def die_with_parent() -> None:
    """Be killed when the process that forked this one ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def hide_from_debuggers() -> None:
    """Let no process of the same account look into this one, nor into its `/proc` entries."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")


def give_up_privileges() -> None:
    """Give up every capability for good, whatever is executed later."""
    for capability in range(_LAST_CAPABILITY + 1):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails for what the system lacks
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    _check(_libc.capset(header, none), "capset")
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_system_calls(instructions: bytes) -> None:
    """Have a BPF program decide on every further system call, of children, too."""
    program = _Program(len(instructions) // 8, instructions)
    _check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program)), "seccomp")
