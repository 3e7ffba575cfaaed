"""Waking: what a process does before it loads the program: whose its files are, where its lines go, and its seat.

Never in here: an import that takes long. Loading all of a worker takes seconds, and until Kafka forgets the one that
was killed nobody is given what it held.
"""

import asyncio
import sys
from contextlib import ExitStack

from streams.broker.seat import OwnSeat, Seat, bury_at_once
from streams.log import configure_logging
from streams.program import seating
from streams.program.interpreter import load_undisturbed
from streams.program.privacy import keep_to_owner
from streams.settings import LogFormat, Profile, Role, Settings


def wake(settings: Settings, until_the_end: ExitStack) -> Seat:
    """The seat of this process; a predecessor that was killed in it has left the group, or will when we join."""
    load_undisturbed()
    keep_to_owner()
    _begin_logging(settings)
    if settings.role not in (Role.ALL, Role.ENGINE):
        return OwnSeat()
    seat = until_the_end.enter_context(seating.taken(settings.data_dir))
    if not settings.has_own_broker:  # one of our own has died with us, and its groups with it
        asyncio.run(bury_at_once(settings.brokers, settings.consumer_group, seat))
    return seat


def _begin_logging(settings: Settings) -> None:
    """Lines go to standard error, or into the data folder while the board takes the terminal."""
    shows_board = settings.role is Role.ALL and settings.profile is Profile.EMBEDDED and sys.stdout.isatty()
    if shows_board and settings.log_format is LogFormat.AUTO:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        file = (settings.data_dir / "fenghuo.log").open("a", buffering=1, encoding="utf-8")
        configure_logging(LogFormat.JSON, settings.log_level, file)
    else:
        configure_logging(settings.log_format, settings.log_level)
