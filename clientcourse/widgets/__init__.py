"""What a trainee answers with: one Python class, one ES module and one style sheet each."""
