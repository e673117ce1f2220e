"""A corrected course brought to those who were graded before: who changes, why, and the record."""
