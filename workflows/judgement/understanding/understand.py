"""The door of understanding: every room reads the same script, and their findings stand side by side."""

from datetime import datetime

from models.understanding import Understanding


def understand(title: str | None, text: str | None, reported_at: datetime) -> Understanding:
    """What these words say. `reported_at` settles relative times (昨日凌晨) and the day of the area tree.

    Never raises on any text: what cannot be read is not there.
    """
    del title, text, reported_at
    return Understanding()
