"""The door of understanding: every room reads the same script, and their findings stand side by side."""

from datetime import datetime

from models.understanding import Understanding
from workflows.judgement.understanding.script import script_of


def understand(title: str | None, text: str | None, reported_at: datetime) -> Understanding:
    """What these words say about the main event. `reported_at` settles relative times (昨日凌晨) and the area tree's day.

    Never raises on any text: what cannot be read is not there.
    """
    script = script_of(title, text)
    if not (script.title or script.text):
        return Understanding()
    return Understanding()
