"""A cohort of model trainees and the whole way of their answers, for trying out and testing."""
