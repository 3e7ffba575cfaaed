"""`fenghuo topics`: compare topics and rights on the broker with their catalogues, and make them so."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from aiokafka.admin import AIOKafkaAdminClient

from streams.broker import topics
from streams.broker.access import Brokers, client_settings
from streams.broker.acls import PROGRAM, Rights, RightsNotApplied, Scope
from streams.broker.acls import apply as give
from streams.broker.acls import plan as lacks
from streams.broker.topics import Admin, Scale, TopicChange, TopicsNotApplied
from streams.cli.brokers import with_brokers
from streams.cli.doors import settings_of_command
from streams.cli.terminal import CannotDo, answer, found_wrong
from streams.settings import Profile

T = TypeVar("T")
app = typer.Typer(
    no_args_is_help=True, help="The topics on the broker, and who may use them: plan, apply, acls."
)


@app.command()
def plan() -> None:
    """Print what differs between the broker of FENGHUO_BROKER_URL and the catalogue; changes nothing.

    Exit code 1: something differs.

    Example: fenghuo topics plan
    """
    changes = _at_broker(_of_scale(topics.plan))
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
    _print(_at_broker(_of_scale(topics.apply)))


@app.command()
def acls(
    *,
    given: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="SCOPE=PRINCIPAL", help="one from outside: unit=nanan-fire; repeat it"),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="give the missing rights; none is taken away")
    ] = False,
) -> None:
    """Print which rights on Kafka are missing or too many, for the program's own principals and those named.

    Needs a principal that may alter the cluster (a super user). Exit code 1: something differs.

    Example: fenghuo topics acls --for unit=unit-nanan-fire --apply
    """
    scopes = {**PROGRAM, **dict(map(_named, given or ()))}
    settings = settings_of_command()
    if settings.has_own_broker:
        raise CannotDo("the embedded broker knows no rights; set FENGHUO_BROKER_URL=kafka://host:port")

    async def work(admin: Any) -> Rights:  # noqa: ANN401 - aiokafka has no types
        try:
            return await (give if apply else lacks)(admin, scopes, settings.consumer_group)
        except RightsNotApplied as refused:
            raise CannotDo(f"the broker refused: {refused}") from refused

    found = _at_broker(work)
    for right in found.missing:
        answer(f"{right}: {'given' if apply else 'missing'}")
    for right in found.too_many:
        answer(f"{right}: too much, left alone")
    if found.too_many or (found.missing and not apply):
        found_wrong(
            "`--apply` gives what is missing; what is too much a person takes away with kafka-acls.sh"
        )
    if not found.missing:
        answer("everybody has the rights of the catalogue")


def _named(word: str) -> tuple[str, Scope]:
    scope, _, principal = word.partition("=")
    if scope not in list(Scope) or not principal:
        raise CannotDo(f"{word!r} is not SCOPE=PRINCIPAL with a scope of: {', '.join(Scope)}")
    return principal, Scope(scope)


def _print(changes: list[TopicChange]) -> None:
    for change in changes:
        answer(f"{change}{', left alone' if change.is_left_alone else ''}")
    if not changes:
        answer("the broker has every topic as it must be")


def _of_scale(work: Callable[[Admin, Scale], Awaitable[T]]) -> Callable[[Admin], Awaitable[T]]:
    is_production = settings_of_command().profile is Profile.PRODUCTION
    scale = Scale.PRODUCTION if is_production else Scale.EMBEDDED
    return lambda admin: work(admin, scale)


def _at_broker(work: Callable[[Any], Awaitable[T]]) -> T:
    async def at(brokers: Brokers) -> T:
        admin = AIOKafkaAdminClient(**client_settings(brokers))
        try:
            await admin.start()
            return await work(admin)
        except TopicsNotApplied as refused:
            raise CannotDo(f"the broker refused: {refused}") from refused
        finally:
            await admin.close()

    return with_brokers(at)
