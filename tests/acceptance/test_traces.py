"""Traces, as whoever runs a collector sees them: one report's way from the client's own span to the unit's order."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.acceptance.program import Program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
WITHIN_SECONDS = 60
READY_WITHIN_SECONDS = 120
TRACE, CLIENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HEADER = f"00-{TRACE}-{CLIENT}-01"


class Collector:
    """Spans as OTLP brings them: trace, span, parent, name."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str, str, str]] = []
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.take(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, request: ExportTraceServiceRequest) -> None:
        """Keep what was told."""
        self.spans += [
            (one.trace_id.hex(), one.span_id.hex(), one.parent_span_id.hex(), one.name)
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for one in scope.spans
        ]

    @contextmanager
    def open(self) -> Iterator["Collector"]:
        """Listen."""
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        yield self
        self._server.shutdown()
        thread.join()
        self._server.server_close()

    def names(self) -> list[str]:
        """What was done in the client's trace."""
        return sorted(name for trace, _, _, name in self.spans if trace == TRACE)


def report(channel: str) -> bytes:
    return orjson.dumps(
        {
            "report_id": "r-1",
            "source_id": f"{channel}-500108",
            "channel": channel,
            "kind": "initial",
            "urgent": True,
            "category": "accident.fire",
            "title": "居民楼起火，2人死亡",
            "area_code": "500108001",
            "facts": {"deaths": 2},
            "reported_at": datetime.now(UTC).isoformat(),
        }
    )


def test_a_report_is_followed_from_its_client_to_the_order(tmp_path: Path) -> None:
    """All hops are in the client's trace, each below the one before, and a command carries it on."""
    with Collector().open() as collector:
        program = Program(tmp_path / "program", simulate="false", traces_endpoint=collector.url)
        try:
            program.start()
            program.await_ready(READY_WITHIN_SECONDS)
            headers = {"Content-Type": "application/json", "traceparent": HEADER}
            for channel in ("119", "grid"):  # two independent sources: rules alone verify it and order
                told = program.http.post("/api/reports", content=report(channel), headers=headers)
                assert told.status_code == 202
            wanted = {
                "process reports-urgent",
                *(f"process stage-{one}" for one in ("verification", "disposal")),
            }
            program.await_that(lambda: wanted <= {*collector.names()}, "its hops are told", WITHIN_SECONDS)
            commands = program.command("tail", "disposal-commands", "--as", "json").answer
        finally:
            program.close()
    here = {span: (parent, name) for trace, span, parent, name in collector.spans if trace == TRACE}
    assert len(here) == len(collector.names()), "a span was told twice"
    roots = [name for parent, name in here.values() if parent == CLIENT]
    assert roots == ["accept reports-urgent"] * 2
    assert all(parent == CLIENT or parent in here for parent, _ in here.values())
    carried = [orjson.loads(line)["headers"]["traceparent"].split("-") for line in commands.splitlines()]
    assert carried
    assert {trace for _, trace, _, _ in carried} == {TRACE}
    assert {here[span][1] for _, _, span, _ in carried} == {"process stage-disposal"}


def test_a_collector_that_is_away_holds_nothing_up(tmp_path: Path) -> None:
    """The report is handled, and the program stops in time and well."""
    program = Program(tmp_path / "program", simulate="false", traces_endpoint="http://127.0.0.1:9")
    try:
        program.start()
        program.await_ready(READY_WITHIN_SECONDS)
        headers = {"Content-Type": "application/json", "traceparent": HEADER}
        assert program.http.post("/api/reports", content=report("119"), headers=headers).status_code == 202
        program.await_that(
            lambda: bool(program.http.get("/api/incidents").json()["incidents"]),
            "it is an incident",
            WITHIN_SECONDS,
        )
        program.interrupt()
        assert program.exit_code == 0
    finally:
        program.close()
