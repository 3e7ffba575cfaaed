"""Doctor: would this program run here, and what must be done first? Looks at everything, changes nothing.

One file a thing that is looked at: settings, the machine, the database, the broker. Each finding says what is wrong and
what to type. Never in here: what may be set (`streams.settings`), or what the topics and tables must be.
"""

from collections.abc import AsyncIterator

from streams.broker.access import Brokers
from streams.doctor import broker, database, machine, secrets
from streams.doctor.finding import Examined
from streams.settings import Settings


async def examine(settings: Settings, brokers: Brokers | None) -> AsyncIterator[Examined]:
    """Look at one thing after the other; `brokers` is None where the program would start its own.

    Takes at most half a minute: what does not answer is a finding.
    """
    yield Examined("secrets", tuple(secrets.findings(settings)))
    yield Examined("data folder", tuple(machine.folder_findings(settings)))
    yield Examined("disk", tuple(machine.disk_findings(settings)))
    yield Examined("port", tuple(await machine.port_findings(settings)))
    yield Examined("database", tuple(await database.findings(settings)))
    yield Examined("anchors", tuple(database.anchor_findings(settings)))
    if brokers is None:
        yield Examined("broker", (), "starts with the program")
    else:
        yield Examined("broker", tuple(await broker.findings(settings, brokers)))
