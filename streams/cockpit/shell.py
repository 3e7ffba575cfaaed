"""Shell: the worker by which a browser keeps the pages for when there is no line, bound to what the pages are now.

Its text begins with the names of all files and one digest of their content: another content is another worker, which
the browser notices at the next page and which forgets what the one before had kept.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import orjson

WORKER = "worker.js"
PAGES: Mapping[str, str] = MappingProxyType(
    {
        "/": "screen.html",
        "/desk": "desk.html",
        "/report": "report.html",
        "/audit": "audit.html",
        "/sign-in": "sign-in.html",
    }
)


@cache
def worker(folder: Path) -> bytes:
    """The worker's script for the files below this folder, as they were when it was asked for first."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != WORKER)
    script = (folder / WORKER).read_bytes()
    version = sha256(script)
    for file in files:
        content = file.read_bytes()
        version.update(f"{file.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    shell = {
        "version": version.hexdigest()[:16],
        "pages": {path: f"/static/{file}" for path, file in PAGES.items()},
        "files": [f"/static/{file.relative_to(folder).as_posix()}" for file in files],
    }
    return b"self.SHELL = %b;\n%b" % (orjson.dumps(shell), script)
