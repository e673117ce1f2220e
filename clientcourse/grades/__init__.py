"""Grades for other systems: spreadsheets, learning platforms and nbgrader's `export`."""
