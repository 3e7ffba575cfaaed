"""Interpreter: what Python itself does between our own lines. Both settings were measured (`tests/bench`)."""

import gc
import sys

from models.areas import area_tree


def settle() -> None:
    """Call once, when everything is imported and nothing runs yet.

    Modules, models and the area tree never become garbage, and walking through them took a sixth of the processor.
    Each statement to SQLite waits several times for its thread to be let in, at Python's 5 ms for most of its time.
    """
    area_tree()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    sys.setswitchinterval(0.0005)
