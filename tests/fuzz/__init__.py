"""Thousands of inputs that nobody thought of, each one the same on every run."""
