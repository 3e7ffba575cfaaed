"""The door of understanding: every room reads the same script, and their findings stand side by side."""

import re
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from models.messages.report import Facts
from models.understanding import FactFound, Understanding
from workflows.judgement.understanding.amounts import amounts
from workflows.judgement.understanding.casualties import casualties
from workflows.judgement.understanding.kinds import category
from workflows.judgement.understanding.places import places
from workflows.judgement.understanding.rumours import denial, meant
from workflows.judgement.understanding.script import script_of
from workflows.judgement.understanding.sensitivity import correction, sensitive
from workflows.judgement.understanding.times import event_time

# What a span may not hold (`models.messages.fields`); a report's own text never has any.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def understand(title: str | None, text: str | None, reported_at: datetime) -> Understanding:
    """What these words say. `reported_at`, an aware time, settles relative times and the day of the area tree.

    Never raises on any text: what cannot be read is not there. Control characters are read and shown as spaces.
    """
    script = script_of(_readable(title), _readable(text))
    kind, denied = category(script), denial(script)
    named, outside = places(script, reported_at)
    told = (*casualties(script, kind.category if kind else None), *amounts(script))
    return Understanding(
        category=kind,
        facts=meant(filter(_can_be, told), denied),
        places=named,
        outside=outside,
        time=event_time(script, reported_at),
        sensitive=sensitive(script),
        denial=denied,
        correction=correction(script),
    )


def _can_be(found: FactFound) -> bool:
    """Whether a report could state this in its fields: 99,999,999,999 dead are a slip of the pen."""
    try:
        Facts.model_validate({found.fact: found.value})
    except ValidationError:
        return False
    return True


def _readable(words: str | None) -> str | None:
    return _UNPRINTABLE.sub(" ", words) if words else words
