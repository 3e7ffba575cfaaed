"""Fusion: what it compares, what it concludes, and what follows in the log."""
