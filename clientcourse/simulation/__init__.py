"""Model trainees of declared ability: cohorts of any size for trying out and planning."""
