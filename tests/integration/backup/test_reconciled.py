"""The whole way back on a real broker: backup, more happens, restore, refused, reconciled, and everything holds."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from models.tables import INCIDENTS
from streams import backup
from streams.broker.embedded import BrokerNotStarted, EmbeddedBroker, cluster_id, find_program
from streams.broker.topics import Scale
from streams.check import Cluster, check
from streams.program.preparation import prepare_topics
from streams.program.readiness import Readiness
from streams.reconcile import DatabaseIsOlder
from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.integration.backup.installation import Told, programs_on_path, settings_of
from tests.integration.reconcile.engines import Place, count, produce, report, until
from tests.integration.reconcile.test_brokers import reconciled
from tests.servers import skip_unless_ci


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    try:
        find_program()
    except BrokerNotStarted as missing:
        skip_unless_ci(str(missing))
    async with EmbeddedBroker() as broker:
        yield Place(broker.brokers, 2.0, tmp_path)


def holds(database: Database, incidents: int) -> Callable[[], Awaitable[bool]]:
    async def is_so() -> bool:
        return await count(database, INCIDENTS) == incidents

    return is_so


@pytest.mark.timeout(240)
async def test_a_restored_installation_comes_to_the_same(
    place: Place, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happened after the backup is refused by engines, handled again from Kafka, and breaks no invariant."""
    programs_on_path(monkeypatch)
    settings = settings_of(database_url, tmp_path)
    database = Database(database_url)
    await upgrade(database)
    await prepare_topics(place.brokers, Readiness([]), scale=Scale.EMBEDDED)
    await produce(place.brokers, report(1, urgent=True, channel="119"))
    async with place.engine(database):
        await until(holds(database, 1))
        await backup.back_up(database, settings, (), tmp_path / "backup", Told())
        other = {"category": "accident.gas", "title": "燃气泄漏", "area_code": "500101"}
        await produce(place.brokers, report(2, **other))
        await until(holds(database, 2))
    await database.close()
    await backup.restore(tmp_path / "backup", database, settings, over=True, watch=Told())
    try:
        assert await count(database, INCIDENTS) == 1
        with pytest.raises(DatabaseIsOlder):
            async with place.engine(database):
                pass
        await reconciled(database, place)
        async with place.engine(database):
            assert await count(database, INCIDENTS) == 2
        here = Cluster(place.brokers, await cluster_id(place.brokers))
        assert [str(one) async for one in check(database, here)] == []
    finally:
        await database.close()
