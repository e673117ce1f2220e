"""Grading on arrival: from the exchange's `inbound` folder to feedback, one by one."""
