"""Takes the pictures of the officer's guide: `python -m tests.guide`, or with names, only those."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MS
from tests.guide.camera import PICTURES, before
from tests.guide.scenes import SCENES


def main(names: list[str]) -> int:
    """Play each scene that gives a picture that is wanted; 0, or 2 when a name is no picture's."""
    known = frozenset(name for scene in SCENES.values() for name in scene.gives)
    wanted = frozenset(names) or known
    if wanted - known:
        sys.stderr.write(f"no such picture: {', '.join(sorted(wanted - known))}\n")
        return 2
    expect.set_options(timeout=PATIENCE_MS)
    for number, scene in enumerate(SCENES.values()):
        if not wanted & set(scene.gives):
            continue
        with (
            TemporaryDirectory() as kept,
            before(Path(kept) / str(number), wanted, **scene.settings) as camera,
        ):
            scene.play(camera)
            for name in camera.taken:
                sys.stdout.write(f"{PICTURES / name}.png\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
