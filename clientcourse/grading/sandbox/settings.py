"""What trainee code may use up while it is graded: the one place to configure the sandbox."""

from __future__ import annotations

from traitlets import Bool, Int, List, Unicode
from traitlets.config import Configurable


class Sandbox(Configurable):  # type: ignore[misc]
    """Limits for one submitted notebook; set them in `nbgrader_config.py` as `c.Sandbox.…`.

    How long one cell may take is nbgrader's own `c.Execute.timeout`.
    """

    enabled = Bool(
        default_value=True,
        help="Whether trainee code is fenced in. False lets it do whatever the grader may do; that "
        "is logged for every notebook.",
    ).tag(config=True)
    memory_mb = Int(2048, min=256, help="Memory of all processes together, in MB.").tag(config=True)
    disk_mb = Int(256, min=16, help="All files together, in MB; they are kept in memory.").tag(
        config=True
    )
    file_mb = Int(64, min=1, help="The largest single file, in MB.").tag(config=True)
    processes = Int(64, min=8, help="Processes and threads at the same time.").tag(config=True)
    cpu_seconds = Int(120, min=1, help="Time on a processor, each process, in seconds.").tag(
        config=True
    )
    notebook_seconds = Int(300, min=1, help="Time for a whole notebook, in seconds.").tag(
        config=True
    )
    output_kb = Int(
        2048,
        min=1,
        help="Outputs of a cell, in KB, four times that of a notebook; the rest is left out.",
    ).tag(config=True)
    visible = List(
        Unicode(),
        help="Further folders that trainee code can read, besides the system's and Python's own.",
    ).tag(config=True)
