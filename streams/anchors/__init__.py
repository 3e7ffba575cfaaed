"""Anchors: what the database held, written down every minute at a second place, so that a dropped end is found out.

A chain of digests shows what was changed in the middle; whoever cuts its end off leaves a shorter chain that is
whole. So the head of the audit, and the head of the log of each incident that moved, go into a file that whoever keeps
the database does not keep (`FENGHUO_ANCHOR_FILE`), bound line to line and signed. `fenghuo audit verify` and `fenghuo
check` hold the database to it. Never in here: what a fact or an entry says, and a repair. Reasons: decision 0021.
"""

from streams.anchors.anchoring import ANCHORED_EVERY_SECONDS, Anchoring
from streams.anchors.comparing import Missing, Where, compare
from streams.anchors.file import AnchorFile

__all__ = ["ANCHORED_EVERY_SECONDS", "AnchorFile", "Anchoring", "Missing", "Where", "compare"]
