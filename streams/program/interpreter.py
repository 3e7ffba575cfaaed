"""Interpreter: what Python itself does between our own lines. Its settings were measured (`tests/bench`)."""

import gc
import sys


def load_undisturbed() -> None:
    """Call before the program is imported: looking for garbage meanwhile, where there is none, took a fifth of a start.

    One megabyte more stays. `settle` ends it.
    """
    gc.disable()


def settle() -> None:
    """Call once, when everything is imported and nothing runs yet.

    Modules, models and the area tree never become garbage, and walking through them took a sixth of the processor.
    Each statement to SQLite waits several times for its thread to be let in, at Python's 5 ms for most of its time.
    """
    from models.areas import area_tree  # noqa: PLC0415 - a part of what is to be loaded undisturbed

    area_tree()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 100)
    sys.setswitchinterval(0.0005)
