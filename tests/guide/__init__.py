"""The officer's guide 值班员手册: its pictures, made from the real program, and what holds its words to the screen's.

`python -m tests.guide` takes every picture anew, with Chromium and simulated data; names after it take only those.
Never in here: what the pages must do (tests/browser).
"""
