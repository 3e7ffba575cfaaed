"""Bench: how fast it is, beside what else one could use. Numbers go to results.csv; nothing fails on a time."""
