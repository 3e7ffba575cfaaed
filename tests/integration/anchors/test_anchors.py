"""A dropped end is found by the anchors, on either database; nothing that may happen to a whole one is taken for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import delete, func, select, update

from models.areas import city_code
from models.tables import AUDIT, EVENTS, INCIDENTS
from streams.access import audit
from streams.access.audit import Entry
from streams.access.signing import Keyring
from streams.anchors import AnchorFile, Anchoring, anchoring
from streams.check import Anchors, Beside, Invariant, Violation, check
from streams.errors import Transient
from streams.metrics import Metrics
from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.databases.meddling import lift_guards
from tests.fakes.clock import ManualClock
from tests.fakes.signing import KEYRING
from tests.integration.check.play import Play, play_all


@dataclass
class Place:
    """A played database, and a second place that anchors it."""

    database: Database
    path: Path
    keyring: Keyring = KEYRING
    clock: ManualClock = field(default_factory=ManualClock)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.metrics = Metrics(self.registry)
        self.anchoring = self.another()

    def another(self) -> Anchoring:
        """One more process that was given the same file."""
        return Anchoring(self.database, AnchorFile(self.path), self.keyring, self.clock, self.metrics)

    async def ask(self, *names: str) -> None:
        """Somebody asks for something and stands in the audit for it."""
        async with self.database.write() as connection:
            entries = [
                Entry(self.clock.now(), name, "commander", "handle", city_code(), None, "allowed")
                for name in names
            ]
            await audit.append(connection, *entries)

    async def found(self) -> list[Violation]:
        """What `fenghuo check` says."""
        beside = Beside(anchors=Anchors(AnchorFile(self.path), self.keyring))
        return [one async for one in check(self.database, None, beside, grace_seconds=10**9)]

    def lines(self) -> list[bytes]:
        """The file, line by line."""
        return self.path.read_bytes().splitlines(keepends=True)


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    database = Database(database_url)
    await upgrade(database)
    await play_all(database)
    one = Place(database, tmp_path / "second place" / "anchors.jsonl")
    await one.ask("wang", "li", "zhao")
    yield one
    one.anchoring.close()
    await database.close()


async def drop_youngest_log(database: Database, facts: int) -> tuple[str, int]:
    """The last so many facts of the incident that moved last go, its row goes back: (incident, seq it had)."""
    async with database.write() as connection:
        await lift_guards(connection)
        youngest = (
            select(INCIDENTS.c.incident_id, INCIDENTS.c.seq).order_by(INCIDENTS.c.updated_at.desc()).limit(1)
        )
        incident_id, seq = (await connection.execute(youngest)).one()
        of_it = EVENTS.c.incident_id == incident_id
        await connection.execute(delete(EVENTS).where(of_it, EVENTS.c.seq > seq - facts))
        await connection.execute(
            update(INCIDENTS).where(INCIDENTS.c.incident_id == incident_id).values(seq=seq - facts)
        )
    return incident_id, seq


async def test_what_is_whole_holds(place: Place) -> None:
    """Everything anchored is there; so it is after more has happened, anchored or not."""
    assert await place.anchoring() == 0
    assert await place.found() == []
    await place.ask("sun")
    await Play(place.database, "another-cluster").report(source_id="later")
    assert await place.found() == []
    assert await place.anchoring() == 0
    assert await place.found() == []
    assert len(place.lines()) == 2


async def test_a_dropped_end_of_the_audit_is_named(place: Place) -> None:
    """The chain that is left verifies by itself; the anchor knows that it was longer."""
    await place.anchoring()
    async with place.database.write() as connection:
        await lift_guards(connection)
        await connection.execute(delete(AUDIT).where(AUDIT.c.seq > 1))
    (found,) = await place.found()
    assert (found.invariant, found.row) == (Invariant.I12, "audit seq=3")
    assert "is gone" in found.detail
    assert "the audit ends at 1" in found.detail
    await place.ask("somebody", "else")
    (found,) = await place.found()
    assert "is another entry" in found.detail


async def test_a_dropped_end_of_a_log_is_named(place: Place) -> None:
    """Even where the incident's row was set back so that its log counts well."""
    await place.anchoring()
    incident_id, seq = await drop_youngest_log(place.database, 1)
    found = [one for one in await place.found() if "is gone" in one.detail]
    assert [(one.invariant, one.row) for one in found] == [
        (Invariant.I5, f"incidents incident_id={incident_id}")
    ]
    assert f"seq {seq} " in found[0].detail
    assert f"its log ends at {seq - 1}" in found[0].detail


async def test_a_whole_incident_that_is_gone_is_named(place: Place) -> None:
    """Nothing in the database tells that it ever was."""
    await place.anchoring()
    incident_id, seq = await drop_youngest_log(place.database, 1_000)
    found = [one for one in await place.found() if "is gone" in one.detail]
    assert [one.row for one in found] == [f"incidents incident_id={incident_id}"]
    assert f"seq {seq} " in found[0].detail
    assert "it has no log" in found[0].detail


async def test_every_incident_is_anchored_however_many_there_are(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page at a time, each head once, and of later anchors only what moved since."""
    monkeypatch.setattr(anchoring, "HEADS_AT_MOST", 2)
    while await place.anchoring():
        pass
    async with place.database.read() as connection:
        incidents = (await connection.execute(select(func.count()).select_from(INCIDENTS))).scalar_one()
    heads = [head for _, line in AnchorFile(place.path).lines() if line.anchor for head in line.anchor.heads]
    assert len({head.incident_id for head in heads}) == len(heads) == incidents > 2
    monkeypatch.undo()
    await place.anchoring()
    assert place.lines()[-1].count(b"incident_id") == 0
    later = Play(place.database, "another-cluster")
    await later.pass_time(600)
    await later.report(source_id="later", area_code="500109001")
    await place.anchoring()
    assert b"incident_id" in place.lines()[-1]


@pytest.mark.parametrize("cut", [0, 1])
async def test_a_file_that_was_changed_is_named(place: Place, cut: int) -> None:
    """A line that was taken out, the first or one in the middle, is missed by the next."""
    for name in ("qian", "sun", "zhou"):
        await place.ask(name)
        await place.anchoring()
    lines = place.lines()
    place.path.write_bytes(b"".join(lines[:cut] + lines[cut + 1 :]))
    (found,) = await place.found()
    assert (found.row, found.detail) == (f"anchors line={cut + 1}", "does not follow the anchor before it")


async def test_an_anchor_that_its_key_did_not_sign_is_named(place: Place) -> None:
    """Whoever writes both, but has no key, cannot put up the anchors that would bear him out."""
    await place.anchoring()
    (line,) = place.lines()
    body, key_id, signature = line.rstrip(b"\n").split(b"\t")
    forged = body.replace(b'"audit_entries":3', b'"audit_entries":0')
    for text, doubt in (
        (b"\t".join([forged, key_id, signature]), "its signature is not its key's"),
        (forged, "nobody signed it"),
    ):
        place.path.write_bytes(text + b"\n")
        (found,) = await place.found()
        assert (found.row, found.detail) == ("anchors line=1", doubt)


async def test_without_a_key_anchors_are_unsigned_and_still_hold(place: Place) -> None:
    """The embedded program of a simulator may have no key; a dropped end is found all the same."""
    place.keyring = Keyring()
    place.anchoring = place.another()
    await place.anchoring()
    assert b"\t" not in place.lines()[0]
    assert await place.found() == []
    await drop_youngest_log(place.database, 1_000)
    assert any("is gone" in one.detail for one in await place.found())


async def test_a_line_that_a_power_cut_tore_harms_nobody(place: Place) -> None:
    """It is no anchor; the next one follows the last whole one."""
    await place.anchoring()
    place.anchoring.close()
    with place.path.open("ab") as file:
        file.write(place.lines()[0][:40])
    assert await place.found() == []
    place.anchoring = place.another()
    await place.anchoring()
    assert len(place.lines()) == 3
    assert await place.found() == []


async def test_one_process_at_a_time_anchors(place: Place) -> None:
    """Of two that have the same file the first does it; once it is gone the second goes on where it ended."""
    second = place.another()
    await place.anchoring()
    assert await second() == 0
    assert len(place.lines()) == 1
    place.anchoring.close()
    await second()
    second.close()
    assert len(place.lines()) == 2
    assert await place.found() == []


async def test_the_age_of_the_last_anchor_is_shown(place: Place) -> None:
    """A place that cannot be had is no crash: it is tried again, and the age tells how long."""

    def age() -> float | None:
        return place.registry.get_sample_value("fenghuo_anchor_age_seconds")

    await place.anchoring()
    assert age() == 0
    place.anchoring.close()
    place.anchoring = place.another()
    await asyncio.to_thread(place.path.rename, place.path.with_name("elsewhere"))
    place.path.mkdir()
    place.clock.move(400)
    with pytest.raises(Transient, match="no anchor can be written"):
        await place.anchoring()
    assert age() == 400
