"""Own clock: a folder for the PYTHONPATH of a process whose wall clock is to be set wrong."""
