"""The fault battery: real processes, real faults, a witness who believes nobody, and figures that were measured.

`python -m tests.faults` (`make faults`, `make faults-full`) plays the experiments of `battery.py` one after the other,
each on a stack of its own, and writes deploy/docs/faults.md from what it measured. Nothing here is collected with the
tests, save test_harness.py, which holds the harness itself.
"""
