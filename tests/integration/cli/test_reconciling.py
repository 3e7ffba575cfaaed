"""`fenghuo reconcile`: what it says and how it ends, on a played database and a real broker."""

from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from models.tables import EVENTS
from streams.store.database import Database
from tests.brokers.tansu import Tansu
from tests.integration.cli.conftest import Fenghuo, asked
from tests.integration.cli.test_at_the_broker import publish_log

UNKNOWN = "0f0e0d0c-0000-5000-8000-000000000001"


async def a_fact_of_later(database: Database) -> bytes:
    """A fact that the log could have had next, and does not."""
    async with database.read() as connection:
        body = (await connection.scalars(select(EVENTS.c.body).order_by(EVENTS.c.seq.desc()).limit(1))).one()
    fact = orjson.loads(body)
    return orjson.dumps({**fact, "event_id": UNKNOWN, "seq": fact["seq"] + 1, "cause_id": "nobody-knows"})


@pytest.fixture
def ahead(data_dir: Path, fenghuo: Fenghuo, broker: Tansu) -> None:
    """Kafka has the whole log and one fact more, whose cause is gone."""
    assert fenghuo("topics", "apply").code == 0
    later = asked(data_dir, a_fact_of_later)
    asked(data_dir, lambda database: publish_log(database, broker, more=(later,)))


def test_without_a_broker_it_says_so(fenghuo: Fenghuo) -> None:
    """Nothing can be compared: exit 2, and what to do."""
    said = fenghuo("reconcile", "--dry-run")
    assert said.code == 2
    assert "FENGHUO_BROKER_URL" in said.remarks


def test_a_database_that_knows_everything_is_left_alone(
    data_dir: Path, fenghuo: Fenghuo, broker: Tansu
) -> None:
    """Exit 0, with and without --dry-run."""
    assert fenghuo("topics", "apply").code == 0
    asked(data_dir, lambda database: publish_log(database, broker))
    for arguments in (("--dry-run",), ()):
        said = fenghuo("reconcile", *arguments)
        assert (said.code, "the database knows every fact on Kafka" in said.answer) == (0, True)


@pytest.mark.usefixtures("ahead")
def test_a_dry_run_tells_what_would_be_done(fenghuo: Fenghuo) -> None:
    """Exit 1: there is something to do; doing it twice says the same, since nothing was done."""
    for _ in range(2):
        said = fenghuo("reconcile", "--dry-run")
        assert said.code == 1
        assert "1 facts of 1 incidents are on Kafka and not in the database" in said.answer
        assert "`fenghuo reconcile` does this" in said.remarks


@pytest.mark.usefixtures("ahead")
def test_what_came_out_otherwise_is_named_once_and_kept(fenghuo: Fenghuo) -> None:
    """Exit 1 and the fact by name; from then on it is settled, and told as found before."""
    done = fenghuo("reconcile")
    assert done.code == 1
    assert f"event_missing {UNKNOWN}: " in done.answer
    again = fenghuo("reconcile")
    assert (again.code, again.answer) == (0, "the database knows every fact on Kafka; nothing was done\n")
    assert f"found before: event_missing {UNKNOWN}" in fenghuo("reconcile", "--dry-run").remarks
    assert "is not in the log with these bytes" not in fenghuo("check", "--grace", "0", "--all").answer
