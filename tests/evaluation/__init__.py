"""Evaluation: how well the engine reads labelled texts. `python -m tests.evaluation` prints every figure."""
