"""Which pictures are here and what names them: written with the message, followed through merges, forgotten alone."""

from datetime import timedelta

from models.identifiers import AreaCode, IncidentId, UnitCode
from models.messages.feedback import Feedback
from models.messages.fields import Attachment, Person
from models.messages.report import Report
from models.topics import Topic
from models.vocabulary import Action, FeedbackKind
from streams.store import attachments
from streams.store.attachments import KeptAttachment, Naming
from streams.store.database import Database
from tests.contract.store.worker import TOWNSHIP, Worker, decision, report
from tests.fakes.clock import NOON

ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
WEEK = timedelta(days=7)


def with_pictures(told: Report, *digests: str) -> Report:
    """The report with these attachments."""
    named = tuple(Attachment(digest=one, media_type="image/jpeg", name="现场.jpg") for one in digests)
    return told.model_copy(update={"attachments": named})


def kept(digest: str) -> KeptAttachment:
    return KeptAttachment(digest, "image/jpeg", 1_000, 64, 48)


async def hand_in(database: Database, digest: str, person: str = "wang", days_ago: float = 0) -> bool:
    async with database.write() as connection:
        return await attachments.keep(connection, kept(digest), person, NOON - timedelta(days=days_ago))


async def namings(database: Database, digest: str) -> list[Naming]:
    async with database.read() as connection:
        found = await attachments.namings(connection, digest)
    return sorted(found, key=lambda one: (one.area_code, one.unit_code or ""))


async def forgotten(database: Database, digest: str) -> bool:
    async with database.write() as connection:
        return await attachments.forget(connection, digest, NOON - WEEK)


async def unnamed(database: Database) -> tuple[str, ...]:
    async with database.read() as connection:
        return await attachments.unnamed(connection, NOON - WEEK, 100)


async def an_order(worker: Worker) -> tuple[IncidentId, str, str]:
    """An incident with an order for its township's fire brigade: incident, command and unit."""
    incident_id = await worker.report(report(urgent=True))
    await worker.settle()
    orders = [row for row in await worker.rows("commands") if row["unit_code"] == f"{TOWNSHIP}:fire"]
    return incident_id, str(orders[0]["command_id"]), str(orders[0]["unit_code"])


def said(order: tuple[IncidentId, str, str], name: str, kind: FeedbackKind, *digests: str) -> Feedback:
    named = [{"digest": one, "media_type": "image/jpeg", "name": "灭火.jpg"} for one in digests]
    given = {"feedback_id": name, "incident_id": order[0], "command_id": order[1], "unit_code": order[2]}
    rest = {"kind": kind, "person": Person(name="陈勇"), "occurred_at": NOON, "attachments": named}
    return Feedback.model_validate(given | rest, strict=False)


async def test_an_accepted_report_names_its_pictures(worker: Worker) -> None:
    """Each of them once, in the transaction that keeps the report, whether the picture is here or not."""
    await worker.report(with_pictures(report(), ONE, TWO, ONE))
    await worker.take(Topic.REPORTS, with_pictures(report(), ONE, TWO, ONE))
    rows = await worker.rows("attachment_links")
    assert [(row["ordinal"], row["digest"], row["name"]) for row in rows] == [
        (0, ONE, "现场.jpg"),
        (1, TWO, "现场.jpg"),
        (2, ONE, "现场.jpg"),
    ]
    assert await namings(worker.database, ONE) == [Naming(AreaCode(TOWNSHIP), None)]
    async with worker.database.read() as connection:
        assert await attachments.kept_among(connection, [ONE, TWO]) == frozenset()


async def test_applied_feedback_names_its_pictures_and_refused_names_none(worker: Worker) -> None:
    """What a unit shows of its work is found by its command; after the work is done nothing more is taken in."""
    order = await an_order(worker)
    for name, kind, digest in (
        ("f-1", FeedbackKind.PROGRESS, ONE),
        ("f-2", FeedbackKind.DONE, TWO),
        ("f-3", FeedbackKind.PROGRESS, f"sha256:{'3' * 64}"),
    ):
        await worker.take(Topic.DISPOSAL_FEEDBACK, said(order, name, kind, digest))
    await hand_in(worker.database, TWO)
    async with worker.database.read() as connection:
        found = await attachments.of_commands(connection, [order[1], "another"])
    assert {
        command: [(one.attachment.digest, one.is_kept) for one in named] for command, named in found.items()
    } == {order[1]: [(ONE, False), (TWO, True)]}
    assert await namings(worker.database, ONE) == [Naming(AreaCode(TOWNSHIP), UnitCode(order[2]))]


async def test_a_picture_goes_where_its_report_goes(worker: Worker) -> None:
    """After a merge it is named in the incident that lives on, wherever that lies."""
    gone = await worker.report(with_pictures(report("r-1"), ONE))
    into = await worker.report(report("r-2", source="g-2", area="500108002", title="另一处"))
    assert gone != into
    await worker.take(Topic.DECISIONS, decision(gone, action=Action.MERGE, other_incident_id=into))
    [naming] = await namings(worker.database, ONE)
    survivors = [row for row in await worker.rows("incidents") if row["status"] == "open"]
    assert naming.area_code == survivors[0]["area_code"]


async def test_each_uploader_is_known_and_counts_once(database: Database) -> None:
    """The same picture from two people is one picture with two uploaders; the same again is nothing new."""
    assert [await hand_in(database, ONE, one) for one in ("wang", "li", "wang")] == [True, True, False]
    async with database.read() as connection:
        who = {one: await attachments.is_uploader(connection, ONE, one) for one in ("wang", "li", "zhao")}
        assert await attachments.find(connection, ONE) == kept(ONE)
        assert await attachments.find(connection, TWO) is None
    assert who == {"wang": True, "li": True, "zhao": False}


async def test_only_old_pictures_that_nothing_names_are_forgotten(worker: Worker) -> None:
    """Named ones stay however old; fresh ones and those handed in again stay for now."""
    three, four = f"sha256:{'3' * 64}", f"sha256:{'4' * 64}"
    await worker.report(with_pictures(report(), ONE))
    for digest, days_ago in ((ONE, 30), (TWO, 8), (three, 6), (four, 30), (four, 1)):
        await hand_in(worker.database, digest, days_ago=days_ago)
    assert await unnamed(worker.database) == (TWO,)
    assert [await forgotten(worker.database, one) for one in (ONE, TWO, three, four)] == [
        False,
        True,
        False,
        False,
    ]
    assert {row["digest"] for row in await worker.rows("attachments")} == {ONE, three, four}
    assert not await forgotten(worker.database, TWO)
