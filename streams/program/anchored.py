"""Anchored: the sweep that anchors the database, where the settings name a place for it."""

from streams.anchors import ANCHORED_EVERY_SECONDS as EVERY_SECONDS
from streams.anchors import AnchorFile, Anchoring
from streams.engine import Ground

__all__ = ["EVERY_SECONDS", "sweep_of"]


def sweep_of(ground: Ground) -> Anchoring | None:
    """What writes an anchor a minute; None where no file is named for it."""
    file = AnchorFile.of(ground.settings)
    if file is None:
        return None
    speed = ground.settings.speed
    return Anchoring(ground.database, file, ground.keyring, ground.wall, ground.metrics, speed)
