"""`fenghuo conformance`: does a unit's own system do with commands what the contract asks?

Never in here: what is asked and how it is tried (that is `streams.conformance`).
"""

import asyncio
import re
import secrets
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import orjson
import typer
from aiokafka.errors import KafkaError

from models.units import UnknownUnit, parse_unit
from streams.access.keyring import KeyringRefused, read_keyring
from streams.access.signing import Keyring
from streams.broker.embedded import BrokerNotStarted, EmbeddedBroker
from streams.broker.publishing import Publisher, PublishFailed
from streams.cli.doors import settings_of_command
from streams.cli.terminal import CannotDo, add, answer, answers, found_wrong, remark, table
from streams.clock import WallClock
from streams.conformance import (
    ASKED,
    CASES,
    Case,
    Finding,
    Ground,
    GroundRefused,
    Limits,
    Outcome,
    Played,
    Rule,
    judge,
    play,
    prepare,
)
from streams.conformance.commands import Run
from streams.conformance.hearing import Answer, Ear
from streams.conformance.player import Sent
from streams.settings import Settings

_EMBEDDED = re.compile(r"embedded(?::([0-9]{1,5}))?")
_ADDRESS = re.compile(r"(?:kafka://)?([^\s/,]+:[0-9]+(?:,[^\s/,]+:[0-9]+)*)")
_PREFIX = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MOST_SHOWN = 6  # records of one broken rule; --json has all


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for, once it is known to make sense."""

    unit_code: str
    rules: tuple[Rule, ...]
    cases: tuple[Case, ...]
    limits: Limits
    prefix: str
    keyring: Keyring | None


def conformance(  # noqa: PLR0913 - a parameter is an option of the command line
    broker: Annotated[str, typer.Argument(help="host:port of a test broker; embedded[:PORT] starts one")],
    unit: Annotated[str, typer.Argument(help="the unit whose system listens there, such as 500108:fire")],
    *,
    only: Annotated[list[Rule] | None, typer.Option(help="this rule alone; may be repeated")] = None,
    prefix: Annotated[
        str, typer.Option(help="put before both topics' names, on a broker that is shared")
    ] = "",
    begin_within: Annotated[float, typer.Option(min=1, help="seconds for the first answer of all")] = 60,
    within: Annotated[
        float, typer.Option(min=0.1, help="seconds for any other answer or acknowledgement")
    ] = 10,
    quiet: Annotated[float, typer.Option(min=0, help="seconds to listen for what should not come")] = 1,
    with_actual: Annotated[
        bool,
        typer.Option("--with-actual", help="also send one order that is no exercise: warn whoever reads it"),
    ] = False,
    keys: Annotated[Path | None, typer.Option(help="file of signing keys: look at signatures, too")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="one JSON object with all that was sent and heard")
    ] = False,
) -> None:
    """Play commands to a unit's own system on a test broker, and say which rules of the contract its answers keep.

    Each rule is kept, broken or not seen. Duplicates, disorder, retractions, late deadlines, unknown fields and newer
    versions are sent, all marked as exercises. A broker with signs of an installation is refused, and nothing is sent.
    Start the system when the broker is printed, or before if it waits for a broker; it is waited for. FENGHUO_KAFKA_*
    say what kind of line it is.
    Exit code 1: a rule is broken.

    Example: fenghuo conformance embedded:9192 500108:fire --within 5
    """
    limits = Limits(begin=begin_within, answer=within, quiet=quiet, again=min(2.0, begin_within))
    wanted = _wanted(unit, tuple(only or ()), limits, prefix, keys, with_actual=with_actual)
    try:
        played = asyncio.run(_played(broker, wanted, settings_of_command()))
    except (GroundRefused, BrokerNotStarted) as refused:
        raise CannotDo(f"{refused}; nothing was sent") from refused
    except (KafkaError, PublishFailed, OSError) as away:
        raise CannotDo(f"the broker at {broker} does not answer ({type(away).__name__})") from away
    findings = judge(played, wanted.rules, wanted.keyring)
    (_print_json if as_json else _print)(played, findings)
    broken = [finding.rule.value for finding in findings if finding.outcome is Outcome.BROKEN]
    if broken:
        found_wrong(f"broken: {', '.join(broken)}")


def _wanted(
    unit: str, only: tuple[Rule, ...], limits: Limits, prefix: str, keys: Path | None, *, with_actual: bool
) -> _Wanted:
    try:
        parse_unit(unit)
        keyring = None if keys is None else read_keyring(keys)
    except UnknownUnit as unknown:
        raise CannotDo(f"UNIT: {unknown}") from None
    except KeyringRefused as refused:
        raise CannotDo(f"--keys: {refused}") from None
    if prefix and not _PREFIX.fullmatch(prefix):
        raise CannotDo("--prefix: 1 to 64 letters, digits, and . _ -")
    rules = only or tuple(Rule)
    cases = [case for case in CASES if case.rule in rules and (with_actual or not case.is_actual)]
    return _Wanted(unit, rules, tuple(cases) or CASES[:1], limits, prefix, keyring)


async def _played(broker: str, wanted: _Wanted, settings: Settings) -> Played:
    async with AsyncExitStack() as stack:
        if found := _EMBEDDED.fullmatch(broker):
            own = await stack.enter_async_context(EmbeddedBroker(int(found[1]) if found[1] else None))
            ground = Ground(own.brokers, wanted.prefix)
        elif found := _ADDRESS.fullmatch(broker):
            ground = Ground(settings.kafka_at(found[1]), wanted.prefix)
        else:
            raise CannotDo(f"BROKER: {broker!r} is neither host:port nor embedded or embedded:PORT")
        await prepare(ground, {settings.consumer_group, "fenghuo"})
        run = Run(secrets.token_hex(4), wanted.unit_code, ground.commands, wanted.limits.answer)
        publisher = await stack.enter_async_context(Publisher(ground.brokers))
        ear = await stack.enter_async_context(Ear.open(ground.brokers, ground.feedback))
        remark(
            f"{wanted.unit_code}: read {ground.commands}, answer on {ground.feedback}, at {ground.brokers}"
        )
        return await play(run, wanted.cases, wanted.limits, WallClock(), (publisher, ear))


def _print(played: Played, findings: Sequence[Finding]) -> None:
    shown = table(f"{played.run.unit_code}, run {played.run.run_id}", "rule", "", "what is asked")
    for finding in findings:
        add(shown, finding.rule, finding.outcome.replace("_", " "), ASKED[finding.rule])
    answers.print(shown)
    for finding in findings:
        if finding.outcome is not Outcome.KEPT:
            answer(f"\n{finding.rule} {finding.outcome.replace('_', ' ')}: {finding.told}")
        if finding.outcome is Outcome.BROKEN:
            _print_records(finding)


def _print_records(finding: Finding) -> None:
    for sent in finding.sent[:_MOST_SHOWN]:
        answer(f"  sent {sent.deliveries}x {sent.name}: {sent.publication.value.decode()}")
    for heard in finding.heard[:_MOST_SHOWN]:
        answer(f"  heard: {heard.record.value.decode(errors='replace')}")
    hidden = len(finding.sent[_MOST_SHOWN:]) + len(finding.heard[_MOST_SHOWN:])
    if hidden:
        answer(f"  and {hidden} more records: --json shows them all")


def _print_json(played: Played, findings: Sequence[Finding]) -> None:
    shown = {
        "unit_code": played.run.unit_code,
        "run_id": played.run.run_id,
        "rules": [
            {
                "rule": finding.rule,
                "outcome": finding.outcome,
                "asks": ASKED[finding.rule],
                "told": finding.told,
                "sent": [_sent(one) for one in finding.sent],
                "heard": [_heard(one) for one in finding.heard],
            }
            for finding in findings
        ],
    }
    answer(orjson.dumps(shown).decode())


def _sent(sent: Sent) -> dict[str, object]:
    return {"name": sent.name, "deliveries": sent.deliveries, "value": orjson.loads(sent.publication.value)}


def _heard(heard: Answer) -> dict[str, object]:
    headers = {name: value.decode(errors="replace") for name, value in heard.record.headers}
    key = None if heard.record.key is None else heard.record.key.decode(errors="replace")
    return {"key": key, "headers": headers, "value": heard.record.value.decode(errors="replace")}
