"""Many submissions at once: what has to be graded, by whom, and what became of it."""
