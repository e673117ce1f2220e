"""How a cohort and every item did: statistics, figures and one page for instructors."""
