"""`fenghuo topics`: compare the topics on the broker with the catalogue, and make them so."""

from collections.abc import Awaitable, Callable

import typer
from aiokafka.admin import AIOKafkaAdminClient

from streams.broker import topics
from streams.broker.access import Brokers, client_settings
from streams.broker.topics import Admin, Scale, TopicChange, TopicsNotApplied
from streams.cli.brokers import with_brokers
from streams.cli.doors import settings_of_command
from streams.cli.terminal import CannotDo, answer, found_wrong
from streams.settings import Profile

app = typer.Typer(no_args_is_help=True, help="The topics on the broker: plan, apply.")


@app.command()
def plan() -> None:
    """Print what differs between the broker of FENGHUO_BROKER_URL and the catalogue; changes nothing.

    Exit code 1: something differs.

    Example: fenghuo topics plan
    """
    changes = _at_broker(topics.plan)
    _print(changes)
    if any(not change.is_left_alone for change in changes):
        found_wrong(
            "`fenghuo topics apply` makes it so; more partitions move keys, so stop the engine for that"
        )


@app.command()
def apply() -> None:
    """Create what is missing, add partitions, set the cleanup; nothing is ever deleted. Doing it again is harmless.

    Example: fenghuo topics apply
    """
    _print(_at_broker(topics.apply))


def _print(changes: list[TopicChange]) -> None:
    for change in changes:
        answer(f"{change}{', left alone' if change.is_left_alone else ''}")
    if not changes:
        answer("the broker has every topic as it must be")


def _at_broker(work: Callable[[Admin, Scale], Awaitable[list[TopicChange]]]) -> list[TopicChange]:
    is_production = settings_of_command().profile is Profile.PRODUCTION
    scale = Scale.PRODUCTION if is_production else Scale.EMBEDDED

    async def at(brokers: Brokers) -> list[TopicChange]:
        admin = AIOKafkaAdminClient(**client_settings(brokers))
        try:
            await admin.start()
            return await work(admin, scale)
        except TopicsNotApplied as refused:
            raise CannotDo(f"the broker refused: {refused}") from refused
        finally:
            await admin.close()

    return with_brokers(at)
