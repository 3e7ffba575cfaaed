"""`fenghuo conformance` as an integrator calls it, beside a system of a unit that reads the broker."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from models.access import Role
from streams.access.keyring import entry_text
from streams.broker.publishing import Publication, Publisher
from tests.brokers.tansu import Tansu
from tests.integration.cli.conftest import Fenghuo, broker, data_dir, fenghuo
from tests.integration.conformance import units
from tests.integration.conformance.units import Unit, running
from tests.servers import free_port

__all__ = ["broker", "data_dir", "fenghuo"]

FIRE = "500108:fire"
QUICK = ("--within", "3", "--quiet", "0.1", "--begin-within", "20")


@contextmanager
def beside(unit: Unit, brokers: str) -> Iterator[None]:
    """The unit's system in a thread of its own, since the command has a loop of its own."""
    ended = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def live() -> None:
        async with running(unit, brokers, ""):
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(live()))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


def test_a_good_system_passes(fenghuo: Fenghuo, broker: Tansu, tmp_path: Path) -> None:
    """Code 0, every rule kept, signatures too where keys are given, and the actual order only where asked for."""
    entry = entry_text(units.KEY_ID, "500108", [Role.UNIT])
    keys = tmp_path / "keys.toml"
    keys.write_text(re.sub(r'secret = ".*"', f'secret = "{units.SECRET.hex()}"', entry))
    with beside(Unit(FIRE), broker.brokers):
        plain = fenghuo("conformance", broker.brokers, FIRE, *QUICK)
        whole = fenghuo("conformance", broker.brokers, FIRE, *QUICK, "--with-actual", "--keys", str(keys))
    assert plain.code == whole.code == 0
    assert [plain.answer.count(word) for word in ("broken", "signature not seen: ", "actual not seen: ")] == [
        0,
        1,
        1,
    ]
    assert [whole.answer.count(word) for word in ("broken", "not seen")] == [0, 0]
    assert f"{FIRE}: read disposal-commands" in whole.remarks


def test_a_broken_rule_is_told_with_its_records(fenghuo: Fenghuo, broker: Tansu) -> None:
    """Code 1; with --json the rule has what was sent and heard, and --only leaves the others out."""
    with beside(units.DropsWhatIsOver(FIRE), broker.brokers):
        told = fenghuo("conformance", broker.brokers, FIRE, *QUICK, "--only", "late", "--only", "key")
        shown = fenghuo("conformance", broker.brokers, FIRE, *QUICK, "--only", "late", "--json")
    assert (told.code, shown.code) == (1, 1)
    assert "broken: late" in told.remarks
    assert "sent 1x order" in told.answer
    (rule,) = orjson.loads(shown.answer)["rules"]
    assert (rule["rule"], rule["outcome"]) == ("late", "broken")
    assert [one["name"] for one in rule["sent"]] == ["order", "last"]
    # What comes after the first answer to the last order may be heard or not: the kit goes on at once.
    assert "received" in {orjson.loads(one["value"])["kind"] for one in rule["heard"]}
    assert all(one["value"]["exercise"] for one in rule["sent"])


def test_a_live_broker_is_refused(fenghuo: Fenghuo, broker: Tansu) -> None:
    """Where a command lies that no kit sent, it ends with 2 and adds none."""

    async def put() -> None:
        async with Publisher(broker.brokers) as publisher:
            await publisher.publish([Publication("disposal-commands", FIRE.encode(), b"{}")])

    assert fenghuo("topics", "apply").code == 0
    asyncio.run(put())
    said = fenghuo("conformance", broker.brokers, FIRE, *QUICK)
    assert (said.code, said.answer) == (2, "")
    assert "nothing was sent" in said.remarks
    assert len(fenghuo("tail", "disposal-commands").answer.splitlines()) == 1


def test_it_starts_a_broker_of_its_own(fenghuo: Fenghuo) -> None:
    """`embedded:PORT` is a broker at that port, for as long as the run lasts."""
    port = free_port()
    with beside(_Later(FIRE), f"127.0.0.1:{port}"):
        said = fenghuo("conformance", f"embedded:{port}", FIRE, *QUICK, "--only", "answered")
    assert said.code == 0, said.remarks
    assert f"at 127.0.0.1:{port}" in said.remarks


class _Later(Unit):
    """Tries until the broker is there."""

    async def run(self, brokers: str, prefix: str) -> None:
        host, _, port = brokers.partition(":")
        while True:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await asyncio.sleep(1)  # the topics are made right after
            return await super().run(brokers, prefix)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere", FIRE), "neither host:port nor embedded"),
        (("127.0.0.1:1", FIRE), "does not answer"),
        (("127.0.0.1:1", "500108:navy"), "UNIT: "),
        (("127.0.0.1:1", FIRE, "--prefix", "a b"), "--prefix: "),
        (("127.0.0.1:1", FIRE, "--keys", "missing.toml"), "--keys: "),
        (("127.0.0.1:1", FIRE, "--only", "mood"), "mood"),
    ],
)
def test_what_cannot_be_meant_is_told(arguments: tuple[str, ...], told: str, fenghuo: Fenghuo) -> None:
    """Code 2 and what is wrong."""
    said = fenghuo("conformance", *arguments)
    assert (said.code, said.answer) == (2, "")
    assert told in said.remarks
