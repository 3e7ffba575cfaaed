"""File: anchors line by line, only ever added to, by one process at a time. A mount of another machine is best."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from streams.anchors.anchor import BEGINNING, Anchor, Line
from streams.settings import Profile, Settings

_FILE = "anchors.jsonl"


class Taken:
    """The file in the hands of the one process that adds to it. `digest` is that of the last anchor's line."""

    def __init__(self, opened: int, digest: str = BEGINNING, last: Anchor | None = None) -> None:
        self._opened = opened
        self.digest = digest
        self.last = last

    def add(self, line: Line, anchor: Anchor) -> None:
        """Put what says this anchor at the end; it is on the disk when this returns. Blocks; raises OSError."""
        os.write(self._opened, line.text + b"\n")
        os.fsync(self._opened)
        self.digest, self.last = line.digest, anchor

    def release(self) -> None:
        """Let another process add to it."""
        os.close(self._opened)


class AnchorFile:
    """The anchors at one path. Every method blocks, and raises OSError when the place cannot be had."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, settings: Settings) -> "AnchorFile | None":
        """FENGHUO_ANCHOR_FILE; embedded, a file of the data folder; in production nowhere unless it is said where."""
        if settings.anchor_file is not None:
            return cls(settings.anchor_file)
        return cls(settings.data_dir / _FILE) if settings.profile is Profile.EMBEDDED else None

    def size(self) -> int:
        """How many bytes of anchors there are now."""
        return self.path.stat().st_size

    def lines(self, bytes_read: int | None = None) -> Iterator[tuple[int, Line]]:
        """Each whole line with its number, of the first so many bytes. A last line without an end is left out."""
        left = self.size() if bytes_read is None else bytes_read
        with self.path.open("rb") as file:
            for number, text in enumerate(file, 1):
                left -= len(text)
                if left < 0 or not text.endswith(b"\n"):
                    return
                yield number, Line(text.removesuffix(b"\n"))

    def take(self) -> Taken | None:
        """Become the one that adds to it, until released; None while another process is. Makes the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            return None
        self._end_torn_line(opened)
        taken = Taken(opened)
        for _, line in self.lines():
            anchor = line.anchor
            if anchor is not None:
                taken = Taken(opened, line.digest, anchor)
        return taken

    def _end_torn_line(self, opened: int) -> None:
        size = self.size()
        if size and os.pread(opened, 1, size - 1) != b"\n":
            os.write(opened, b"\n")
