"""What the cells that the builder makes are called, for those who meet them again when grading."""

GRADE_CALL = 'lesson.check("{name}")'
BY_PERSON = "short-"
"""How the names of cells begin that a person grades; the item's id follows."""
