"""Planted mutants: known bugs, put one at a time into a copy of the program, each to be caught by a test named here.

What is proved is that the tests bite. `make mutants` runs it; a canary that breaks everything runs first, and
nothing counts when it survives. Never in here: a test of the program (those stand in their layers).
"""
