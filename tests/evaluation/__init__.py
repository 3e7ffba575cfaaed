"""Evaluation: how well the engine reads, measured on labelled texts. `python -m tests.evaluation` prints every figure."""
