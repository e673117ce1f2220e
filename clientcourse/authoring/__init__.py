"""From `course/`, where authors write, to `source/`, from which nbgrader releases."""
