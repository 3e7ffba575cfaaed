"""Witness: an append-only file of everything that was sent, answered, heard and done, written before anybody goes on.

What the program must not lose or double is known from here, without asking the program. Never in here: anything read
from its database.
"""

import os
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import orjson

Identity = tuple[str, str]


class Witness:
    """One file, and the same counted in memory. Each line is on disk (fsync) when a method returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)
        self.path = path
        self.sent: set[Identity] = set()
        self.receipts: dict[Identity, bytes] = {}
        self.refused: list[tuple[Identity, int, str]] = []
        self.answers: Counter[int] = Counter()
        self.heard: dict[str, set[str]] = defaultdict(set)
        self.deliveries: Counter[str] = Counter()
        self.heard_at: dict[str, datetime] = {}
        self.unequal_receipts: list[Identity] = []
        self.cut_short = 0

    def note(self, what: str, **details: object) -> None:
        """One line with the time (UTC seconds)."""
        self._file.write(orjson.dumps({"at": round(time.time(), 3), "what": what, **details}) + b"\n")
        os.fsync(self._file.fileno())

    def sends(self, one: Identity) -> None:
        """This report leaves for the gateway, for the first time or again."""
        self.sent.add(one)
        self.note("sent", report=one)

    def answered(self, one: Identity, status: int, body: bytes) -> None:
        """The gateway answered; a 2xx is a receipt, which later receipts of the same report must repeat."""
        self.answers[status] += 1
        self.note("answered", report=one, status=status)
        if status < 300:
            first = self.receipts.setdefault(one, body)
            if first != body:
                self.unequal_receipts.append(one)
        elif status < 500:
            self.refused.append((one, status, body.decode(errors="replace")[:300]))

    def unanswered(self, one: Identity, why: str, *, was_sent: bool) -> None:
        """No answer came. `was_sent`: there was a connection, so whether the report is in is not known."""
        self.answers[0] += 1
        self.cut_short += was_sent
        self.note("unanswered", report=one, why=why)

    def hears(self, command_id: str, value: bytes) -> None:
        """A unit's system read this command from its topic."""
        digest = sha256(value).hexdigest()
        self.heard[command_id].add(digest)
        self.heard_at.setdefault(command_id, datetime.now(UTC))
        self.deliveries[command_id] += 1
        self.note("heard", command=command_id, digest=digest)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
