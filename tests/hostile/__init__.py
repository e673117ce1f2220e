"""Hostile submissions: what trainees might try against the grader, and how it must end."""
