"""The engine on a real broker and database, where nothing unsigned is trusted: forgers, rotation, replay and repair."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from models.access import Role
from models.identifiers import AreaCode
from models.tables import DEAD_LETTERS, INBOX, INCIDENTS
from models.topics import Topic
from streams.access.signing import Keyring, SigningKey, sign
from streams.broker.publishing import Publication
from streams.store import dead_letters, outbox
from streams.store.database import Database
from streams.store.publications import Headers
from streams.store.unit_of_work import wall_now
from tests.fakes.signing import CITY_KEY
from tests.integration.test_engine import NO_KEYS, Running, brokers, engine_on, report, until

__all__ = ["brokers"]

DISTRICT = AreaCode("500153")
DESK = replace(
    CITY_KEY,
    key_id="desk",
    secret=CITY_KEY.secret[::-1],
    area_code=DISTRICT,
    roles=frozenset({Role.DUTY_OFFICER}),
)
ELSEWHERE = replace(DESK, key_id="elsewhere", secret=b"e" + DESK.secret, area_code=AreaCode("500108"))
OLD = replace(DESK, key_id="old", secret=b"o" + DESK.secret, not_after=datetime.now(UTC) - timedelta(days=1))
FORGOTTEN = replace(DESK, key_id="forgotten", secret=b"f" + DESK.secret)
KEYRING = Keyring((CITY_KEY, DESK, ELSEWHERE, OLD))

Sent = tuple[Topic, bytes, Headers]


def decision(incident_id: str, name: str, role: str | None = "duty_officer", **changes: object) -> bytes:
    body = {
        "decision_id": name,
        "incident_id": incident_id,
        "action": "acknowledge",
        "officer": {"id": "officer-1", "name": "王值班"} | ({} if role is None else {"role": role}),
        "area_code": DISTRICT,
        "decided_at": datetime.now(UTC).isoformat(),
        "reason": "因",
    }
    return json.dumps({**body, **changes}).encode()


def feedback(incident_id: str, name: str) -> bytes:
    body = {
        "feedback_id": name,
        "command_id": "no-command",
        "incident_id": incident_id,
        "unit_code": f"{DISTRICT}:fire",
        "kind": "received",
        "occurred_at": datetime.now(UTC).isoformat(),
    }
    return json.dumps(body).encode()


async def incident_of(running: Running) -> str:
    """A fire that one report told of."""
    await running.produce(report(1))

    async def is_in() -> bool:
        return await running.count(INCIDENTS) == 1

    await until(is_in)
    async with running.database.read() as connection:
        return str((await connection.scalars(select(INCIDENTS.c.incident_id))).one())


async def tell(running: Running, incident_id: str, sent: Sequence[Sent]) -> None:
    """Put these on the bus as anybody could, and wait until each has its end."""

    def handled() -> float:
        return sum(
            running.metric("fenghuo_messages_total", topic=topic.value, outcome=outcome)
            for topic in (Topic.DECISIONS, Topic.DISPOSAL_FEEDBACK)
            for outcome in ("processed", "duplicate", "dead")
        )

    before = handled()
    await running.publisher.publish(
        [Publication(topic, incident_id.encode(), value, headers) for topic, value, headers in sent]
    )

    async def is_handled() -> bool:
        return handled() == before + len(sent)

    await until(is_handled)


async def dead(running: Running) -> list[Row[Any]]:
    async with running.database.read() as connection:
        query = select(DEAD_LETTERS).order_by(DEAD_LETTERS.c.topic, DEAD_LETTERS.c.offset)
        return list(await connection.execute(query))


async def heard(running: Running, incident_id: str) -> list[str | None]:
    """What the rules said to each decision and feedback that came before them, in order; None is yes."""
    async with running.database.read() as connection:
        query = (
            select(INBOX.c.refusal_code)
            .where(
                INBOX.c.incident_id == incident_id,
                INBOX.c.topic.in_([Topic.DECISIONS.value, Topic.DISPOSAL_FEEDBACK.value]),
            )
            .order_by(INBOX.c.topic, INBOX.c.offset)
        )
        return list((await connection.execute(query)).scalars())


def signed(
    incident_id: str, name: str, key: SigningKey, role: str | None = "duty_officer", **changes: object
) -> Sent:
    value = decision(incident_id, name, role, **changes)
    return Topic.DECISIONS, value, sign(value, key)


def forgeries(incident_id: str) -> list[tuple[Sent, str]]:
    """What nobody should believe, each with the reason why not."""
    _, _, others = signed(incident_id, "good", DESK)
    altered, answer = decision(incident_id, "altered"), feedback(incident_id, "f-1")
    second = {"id": "officer-2", "name": "赵指挥", "role": "commander", "area_code": DISTRICT}
    regrade: dict[str, object] = {"action": "regrade", "level": "II"}
    return [
        ((Topic.DECISIONS, decision(incident_id, "unsigned"), ()), "unsigned"),
        ((Topic.DECISIONS, altered, others), "bad_signature"),
        ((Topic.DECISIONS, altered, others[:1]), "bad_signature"),
        (signed(incident_id, "no-such-key", FORGOTTEN), "unknown_key"),
        (signed(incident_id, "too-late", OLD), "expired_key"),
        (signed(incident_id, "forged-role", DESK, "commander", **regrade), "beyond_key"),
        (signed(incident_id, "no-role", DESK, None), "beyond_key"),
        (signed(incident_id, "foreign-key", ELSEWHERE), "beyond_key"),
        (signed(incident_id, "foreign-area", DESK, area_code="500108"), "beyond_key"),
        (signed(incident_id, "forged-second", DESK, second_officer=second), "beyond_key"),
        ((Topic.DISPOSAL_FEEDBACK, answer, sign(answer, DESK)), "beyond_key"),
    ]


async def test_only_what_is_signed_and_within_its_key_is_heard(
    database: Database, brokers: str, tmp_path: Path
) -> None:
    """Each forgery is a dead letter with its own reason, its bytes and no id; the incident never hears of it."""
    async with engine_on(database, brokers, tmp_path, KEYRING, trust_unsigned=False) as running:
        incident_id = await incident_of(running)
        good, forged = signed(incident_id, "good", DESK), forgeries(incident_id)
        await tell(running, incident_id, [good, good, *(sent for sent, _ in forged), good])
        assert [(row.value, row.reason, row.message_id) for row in await dead(running)] == [
            (sent[1], reason, None) for sent, reason in forged
        ]
        assert await heard(running, incident_id) == [None]
        assert running.metric("fenghuo_messages_total", topic="decisions", outcome="duplicate") == 2
        assert running.metric("fenghuo_signatures_refused_total", reason="beyond_key") == 6
        assert running.metric("fenghuo_signatures_refused_total", reason="bad_signature") == 2


async def test_what_a_key_may_say_its_role_may_still_not_do(
    database: Database, brokers: str, tmp_path: Path
) -> None:
    """The signature is good and the rules refuse: it is recorded and told like any other refusal."""
    async with engine_on(database, brokers, tmp_path, KEYRING, trust_unsigned=False) as running:
        incident_id = await incident_of(running)
        too_low = signed(incident_id, "too-low", CITY_KEY, action="regrade", level="II")
        across = signed(incident_id, "across", CITY_KEY, area_code="500108")
        answer = feedback(incident_id, "f-1")
        await tell(
            running,
            incident_id,
            [too_low, across, (Topic.DISPOSAL_FEEDBACK, answer, sign(answer, CITY_KEY))],
        )
        assert await heard(running, incident_id) == ["not_permitted", "out_of_area", "unknown_command"]
        assert await dead(running) == []


async def test_a_lost_key_is_put_back_and_what_it_signed_is_heard(
    database: Database, brokers: str, tmp_path: Path
) -> None:
    """The dead letter kept the signature: sent again under the right keyring it counts, and once."""
    async with engine_on(database, brokers, tmp_path, KEYRING, trust_unsigned=False) as running:
        incident_id = await incident_of(running)
        value = decision(incident_id, "d-1")
        await tell(running, incident_id, [(Topic.DECISIONS, value, sign(value, FORGOTTEN))])
        (row,) = await dead(running)
    whole = Keyring((*KEYRING.keys, FORGOTTEN))
    async with engine_on(database, brokers, tmp_path, whole, trust_unsigned=False) as running:
        where = row.cluster_id, row.topic, row.partition, row.offset
        async with database.write() as connection:
            outgoing = await dead_letters.retry(connection, where, datetime.now(UTC))
            assert outgoing is not None
            assert set(sign(value, FORGOTTEN)) <= set(outgoing.publication.headers)
            await outbox.add(connection, [outgoing, outgoing], wall_now())

        async def is_heard() -> bool:
            return running.metric("fenghuo_messages_total", topic="decisions", outcome="duplicate") == 1

        await until(is_heard)
        assert await heard(running, incident_id) == [None]


async def test_keys_end_and_what_they_signed_stays_handled(
    database: Database, brokers: str, tmp_path: Path
) -> None:
    """A decision that was handled comes once more after its key is gone: it is a duplicate, nobody's dead letter."""
    async with engine_on(database, brokers, tmp_path, KEYRING, trust_unsigned=False) as running:
        incident_id = await incident_of(running)
        value = decision(incident_id, "d-1")
        sent = (Topic.DECISIONS, value, sign(value, DESK))
        await tell(running, incident_id, [sent])
    async with engine_on(database, brokers, tmp_path, NO_KEYS, trust_unsigned=False) as running:
        await tell(running, incident_id, [sent])
        assert running.metric("fenghuo_messages_total", topic="decisions", outcome="duplicate") == 1
        assert await dead(running) == []


async def test_the_embedded_profile_takes_the_unsigned_and_no_wrong_signature(
    database: Database, brokers: str, tmp_path: Path
) -> None:
    """Without a signature and a role the area alone decides, as for any producer on the topic of a laptop."""
    async with engine_on(database, brokers, tmp_path, KEYRING) as running:
        incident_id = await incident_of(running)
        plain = decision(incident_id, "plain", None, action="regrade", level="II")
        wrong = decision(incident_id, "wrong", None)
        sent: list[Sent] = [
            (Topic.DECISIONS, decision(incident_id, "seen", None), ()),
            (Topic.DECISIONS, wrong, sign(plain, CITY_KEY)),
            (Topic.DECISIONS, wrong, sign(wrong, FORGOTTEN)),
        ]
        await tell(running, incident_id, sent)
        assert await heard(running, incident_id) == [None]
        assert [row.reason for row in await dead(running)] == ["bad_signature", "unknown_key"]
