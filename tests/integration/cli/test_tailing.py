"""`fenghuo tail` in the first hour of somebody who connects a unit: orders to read, and lines for a program."""

import asyncio
from collections.abc import Mapping

import orjson
import pytest

from models.topics import Topic
from streams.broker.publishing import Publication, Publisher
from streams.cli.validating import KINDS
from streams.store.publications import HEADERS
from tests.brokers.tansu import Tansu
from tests.integration.cli.conftest import Fenghuo

ORDER = KINDS["command"].example
TOPIC = Topic.DISPOSAL_COMMANDS.value


@pytest.fixture
def orders(fenghuo: Fenghuo, broker: Tansu) -> list[Mapping[str, object]]:
    """On the topic: an order to a fire brigade, one to the police, the first again, and something that is none."""
    assert fenghuo("topics", "apply").code == 0
    sent = [ORDER, {**ORDER, "command_id": "c-2", "unit_code": "500108:police"}]

    async def publish() -> None:
        async with Publisher(broker.brokers) as publisher:
            again = (*HEADERS, ("delivery", b"2"))
            await publisher.publish([record(sent[0]), record(sent[1])])
            await publisher.publish([record(sent[0], again)])
            await publisher.publish([Publication(TOPIC, b"500108:fire", b"what?", HEADERS)])

    asyncio.run(publish())
    return sent


def record(order: Mapping[str, object], headers: tuple[tuple[str, bytes], ...] = HEADERS) -> Publication:
    return Publication(TOPIC, str(order["unit_code"]).encode(), orjson.dumps(order), headers)


def test_lines_are_for_programs(fenghuo: Fenghuo, orders: list[Mapping[str, object]]) -> None:
    """With --as json each line is an object with place, key, headers and the value as JSON, text where it is none."""
    said = fenghuo("tail", TOPIC, "--as", "json")
    records = [orjson.loads(line) for line in said.answer.splitlines()]
    assert [one["value"] for one in records if one["key"] == "500108:police"] == [orders[1]]
    fire = [one for one in records if one["key"] == "500108:fire"]
    assert [one["value"] for one in fire] == [orders[0], orders[0], "what?"]
    assert [one["headers"] for one in fire[:2]] == [
        {"schema_version": "1"},
        {"schema_version": "1", "delivery": "2"},
    ]
    assert {one["topic"] for one in records} == {TOPIC}


def test_one_unit_sees_its_own(fenghuo: Fenghuo, orders: list[Mapping[str, object]]) -> None:
    """--unit leaves out everybody else's, and is told when no such unit can be."""
    said = fenghuo("tail", TOPIC, "--unit", "500108:police", "--as", "json")
    assert [orjson.loads(line)["value"] for line in said.answer.splitlines()] == [orders[1]]
    assert fenghuo("tail", TOPIC, "--unit", "500108:navy").code == 2


def test_an_order_can_be_read(fenghuo: Fenghuo, orders: list[Mapping[str, object]]) -> None:
    """--as text says what, where, until when, what to answer to, and that it was sent again."""
    text = fenghuo("tail", TOPIC, "--unit", "500108:fire", "--as", "text").answer
    assert text.count("立即出动，控制火势，搜救人员。") == 2
    assert "500108:fire order (lead), level IV, not verified\n" in text
    assert "not verified, sent for the 2. time" in text
    assert "at 涂山镇涂山路5号; acknowledge by 2026-11-22 08:04:02+08:00" in text
    assert f"command_id {orders[0]['command_id']}" in text


def test_a_unit_is_no_emoji(fenghuo: Fenghuo, broker: Tansu) -> None:
    """What lies on the topic is printed as it lies there, `:fire:` too."""
    assert fenghuo("topics", "apply").code == 0
    value = b'{"note": "500108:fire: on the way"}'

    async def publish() -> None:
        async with Publisher(broker.brokers) as publisher:
            await publisher.publish([Publication(TOPIC, b"500108:fire", value, HEADERS)])

    asyncio.run(publish())
    assert value.decode() in fenghuo("tail", TOPIC).answer
