"""S3: a small store on 127.0.0.1 that speaks as much of the protocol as attachments need, so that no cloud is asked.

It checks no signature; it says what it was asked, so that a test sees paths, and can be told to fail.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Bucket:
    """What lies there by path, what was asked in order, and the status to fail with if any."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fails_with: int | None = None


@contextmanager
def s3_bucket() -> Iterator[Bucket]:
    """A store with every bucket that anybody names; gone after the block."""
    bucket = Bucket()
    server = _Server(bucket)
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def __init__(self, bucket: Bucket) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bucket = bucket


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self._goes_well():
            self.server.bucket.objects[self.path] = content
            self._answer(200, b"", content)

    def do_GET(self) -> None:
        self._show(with_body=True)

    def do_HEAD(self) -> None:
        self._show(with_body=False)

    def do_POST(self) -> None:
        """Only `?delete`: some keys at once."""
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self._goes_well():
            keys = re.findall(r"<Key>([^<]+)</Key>", asked)
            for key in keys:
                self.server.bucket.objects.pop(f"{self.path.removesuffix('?delete')}/{key}", None)
            gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode(), b"")

    def _goes_well(self) -> bool:
        bucket = self.server.bucket
        bucket.asked.append(f"{self.command} {self.path}")
        if bucket.fails_with is None:
            return True
        self._answer(bucket.fails_with, b"", b"")
        return False

    def _show(self, *, with_body: bool) -> None:
        if not self._goes_well():
            return
        content = self.server.bucket.objects.get(self.path)
        if content is None:
            self._answer(404, b"", b"")
        else:
            self._answer(200, content if with_body else b"", content, len(content))

    def _answer(self, status: int, body: bytes, content: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("ETag", f'"{md5(content, usedforsecurity=False).hexdigest()}"')
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 08:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""
