"""`fenghuo doctor`: would the program run here, and what to type if not."""

import asyncio

from sqlalchemy.engine import make_url

from streams import doctor as surgery
from streams.broker.access import Brokers
from streams.cli.brokers import brokers_of
from streams.cli.doors import settings_of_command
from streams.cli.terminal import CannotDo, answer, found_wrong
from streams.doctor.finding import Examined, Finding
from streams.errors import SettingsRefused
from streams.program.traced import refuse_what_is_missing
from streams.program.trust import keyring_of
from streams.settings import Settings


def doctor() -> None:
    """Look at settings, secrets, data folder, disk, port, database and broker; say what is wrong and how to mend it.

    The first line says what is looked at. Without the settings of the installation, in the environment or in .env, that
    is the embedded profile in this folder. Changes nothing, and works beside a running program. Where the settings are
    refused, nothing else is looked at.
    Exit code 1: something was found.

    Example: fenghuo doctor
    """
    settings, refused = _settings()
    _tell(Examined("settings", refused, "" if settings is None else _looked_at(settings)))
    found = len(refused) if settings is None else len(refused) + asyncio.run(_examined(settings))
    if found:
        found_wrong(f"{found} {'findings' if found > 1 else 'finding'}; mend the first, then ask again")


def _looked_at(settings: Settings) -> str:
    database = make_url(settings.database).render_as_string(hide_password=True)
    return f"profile {settings.profile}, role {settings.role}, {database}, {settings.broker_url}"


def _settings() -> tuple[Settings | None, tuple[Finding, ...]]:
    settings = None
    try:
        settings = settings_of_command()
        keyring_of(settings, makes=False)
        refuse_what_is_missing(settings)
    except SettingsRefused as refused:
        fix = "change it in the environment or in .env"
        return settings, tuple(Finding(problem, fix) for problem in refused.problems)
    return settings, ()


async def _examined(settings: Settings) -> int:
    found = 0
    async for examined in surgery.examine(settings, _brokers(settings)):
        _tell(examined)
        found += len(examined.findings)
    return found


def _brokers(settings: Settings) -> Brokers | None:
    try:
        return brokers_of(settings)
    except CannotDo:
        return None


def _tell(examined: Examined) -> None:
    if not examined.findings:
        answer(f"{examined.name}: {examined.remark or 'good'}")
    for finding in examined.findings:
        answer(f"{examined.name}: {finding.wrong}")
        answer(f"    fix: {finding.fix}")
