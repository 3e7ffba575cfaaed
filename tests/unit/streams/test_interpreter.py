"""What Python does between our own lines while a process starts and once it runs."""

import subprocess
import sys

START = """
import gc
from streams.program import interpreter
interpreter.load_undisturbed()
print(gc.isenabled())
interpreter.settle()
print(gc.isenabled(), gc.get_freeze_count() > 0)
"""


def test_garbage_is_looked_for_again_once_it_is_loaded() -> None:
    """Nobody looks for garbage while the program is loaded; from then on it is, past what was loaded."""
    said = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "True", "True"]
