"""`fenghuo send`: put reports on Kafka."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from models.areas import area_tree
from models.messages.report import Report
from streams.broker.access import Brokers
from streams.broker.publishing import Publication, Publisher, PublishFailed
from streams.cli.brokers import with_brokers
from streams.cli.terminal import CannotDo, found_wrong, remark
from streams.gateway.offers import lane_of
from streams.processing import codec
from streams.processing.placing import place_of
from streams.store.publications import HEADERS
from workflows.judgement.account import hear
from workflows.rulebook_file import default_rulebook

_AT_A_TIME = 500
# A scaled clock may run ahead of the wall: the engine, which knows its own time, has the last word on times.
_AHEAD = timedelta(days=36_500)


def send(
    file: Annotated[Path, typer.Argument(help="reports as JSON, one a line; - reads standard input")],
) -> None:
    """Send reports to the intake topics, each in its lane; what is no valid report is named and not sent.

    A report is known by source_id and report_id: sending a file again changes nothing. Exit code 1: some were refused.

    Example: fenghuo send reports.jsonl
    """
    publications, refused = _sorted_out(_lines(file))
    for line in refused:
        remark(line)
    if publications:
        with_brokers(lambda brokers: _publish(brokers, publications))
    remark(f"{len(publications)} sent, {len(refused)} refused")
    if refused:
        found_wrong("correct the lines above and send them again")


def _lines(file: Path) -> list[bytes]:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as unreadable:
        raise CannotDo(f"{file} cannot be read: {unreadable.strerror}") from unreadable
    return content.split(b"\n")


def _sorted_out(lines: Sequence[bytes]) -> tuple[list[Publication], list[str]]:
    publications: list[Publication] = []
    refused: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found = _publication(line.strip())
            if isinstance(found, Publication):
                publications.append(found)
            else:
                refused.append(f"line {number}: {found}")
    return publications, refused


def _publication(line: bytes) -> Publication | str:
    read = codec.read(Report, line, datetime.now(UTC) + _AHEAD)
    if isinstance(read, codec.Unreadable):
        return ": ".join(filter(None, (read.reason.value, read.field, read.detail)))
    report = read.message
    if not isinstance(report, Report):
        return "no report"
    place = place_of(report, area_tree())
    if place is None:
        return f"unknown_area: area_code: no area ever had the code {report.area_code}"
    return Publication(
        lane_of(hear(report, place), default_rulebook()), report.area_code.encode(), line, HEADERS
    )


async def _publish(brokers: Brokers, publications: Sequence[Publication]) -> None:
    try:
        async with Publisher(brokers) as publisher:
            for piece in _pieces(publications):
                await publisher.publish(piece)
    except PublishFailed as failed:
        raise CannotDo(
            f"the broker did not take all: {failed}; send the file again, nothing counts twice"
        ) from failed


def _pieces(publications: Sequence[Publication]) -> Iterator[Sequence[Publication]]:
    for first in range(0, len(publications), _AT_A_TIME):
        yield publications[first : first + _AT_A_TIME]
