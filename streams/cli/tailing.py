"""`fenghuo tail`: what lies on a topic, for people in their first hour and for programs that read lines.

Never in here: a group or an offset on the broker; who looks leaves no trace.
"""

from contextlib import suppress
from enum import StrEnum
from typing import Annotated

import orjson
import typer

from models.messages.command import Command
from models.topics import Topic
from models.units import UnknownUnit, parse_unit
from streams.broker.access import Brokers
from streams.broker.reading import Read, read_tail
from streams.cli.brokers import with_brokers
from streams.cli.terminal import CannotDo, answer, beijing_time

_LIMIT = 20
_LOOKED_THROUGH_FOR_A_UNIT = 1_000


class Form(StrEnum):
    """How a record is printed."""

    LINE = "line"  # place, time, key and value as it lies there
    JSON = "json"  # one object a line, with the headers
    TEXT = "text"  # a command as its unit would read it; other messages indented


def tail(
    topic: Annotated[Topic, typer.Argument(help="the topic")],
    *,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="go on with what comes, until Ctrl-C")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            "-n",
            min=0,
            max=100_000,
            help="how many of the last are looked at: 20, with --unit 1000",
        ),
    ] = None,
    unit: Annotated[
        str | None, typer.Option(metavar="CODE", help="only what names this unit, such as 500108:fire")
    ] = None,
    form: Annotated[Form, typer.Option("--as", help="line | json | text")] = Form.LINE,
) -> None:
    """Print the last records of a topic, one a line: partition:offset, time, key, value. Leaves no trace there.

    Example: fenghuo tail disposal-commands --follow --unit 500108:fire --as text
    """
    _require_unit(unit)
    most = limit if limit is not None else (_LIMIT if unit is None else _LOOKED_THROUGH_FOR_A_UNIT)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how following ends
        with_brokers(lambda brokers: _print(brokers, topic, most, unit, form, follows=follow))


def _require_unit(code: str | None) -> None:
    try:
        if code is not None:
            parse_unit(code)
    except UnknownUnit as unknown:
        raise CannotDo(f"--unit: {unknown}") from None


async def _print(
    brokers: Brokers, topic: Topic, limit: int, unit: str | None, form: Form, *, follows: bool
) -> None:
    async for record in read_tail(brokers, topic.value, limit, follows=follows):
        if unit is None or _unit_of(record) == unit:
            answer(_FORMS[form](record))


def _unit_of(record: Read) -> object:
    value = _value_of(record)
    return value.get("unit_code") if isinstance(value, dict) else None


def _value_of(record: Read) -> object:
    """The value as JSON, as text where it is none."""
    try:
        return orjson.loads(record.value)
    except orjson.JSONDecodeError:
        return record.value.decode(errors="replace")


def _key_of(record: Read) -> str | None:
    return None if record.key is None else record.key.decode(errors="replace")


def _line(record: Read) -> str:
    value = record.value.decode(errors="replace")
    moment = record.at.isoformat(timespec="milliseconds")
    return f"{record.partition}:{record.offset} {moment} {_key_of(record) or '–'} {value}"


def _json(record: Read) -> str:
    shown = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "at": record.at.isoformat(timespec="milliseconds"),
        "key": _key_of(record),
        "headers": {name: value.decode(errors="replace") for name, value in record.headers},
        "value": _value_of(record),
    }
    return orjson.dumps(shown).decode()


def _text(record: Read) -> str:
    if record.topic == Topic.DISPOSAL_COMMANDS:
        with suppress(ValueError):
            return _order(Command.model_validate_json(record.value), dict(record.headers))
    value = _value_of(record)
    shown = value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    return f"{beijing_time(record.at)} {_key_of(record) or '–'}\n{shown}"


def _order(command: Command, headers: dict[str, bytes]) -> str:
    """A command as its unit must understand it: what, where, until when, and what to answer to."""
    again = f", sent for the {headers['delivery'].decode()}. time" if "delivery" in headers else ""
    lines = (
        f"{beijing_time(command.issued_at)} {command.unit_code} {'EXERCISE ' if command.exercise else ''}"
        f"{command.kind.value} ({command.role.value}), level {command.level.value}, "
        f"{'verified' if command.verified else 'not verified'}{again}",
        f"  {command.text_zh}",
        f"  at {command.place or command.area_code}; acknowledge by {beijing_time(command.acknowledge_by)}",
        f"  takes back {command.retracts}" if command.retracts else "",
        f"  command_id {command.command_id}, incident_id {command.incident_id}",
    )
    return "\n".join(line for line in lines if line)


_FORMS = {Form.LINE: _line, Form.JSON: _json, Form.TEXT: _text}
