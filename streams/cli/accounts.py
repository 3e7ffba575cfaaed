"""`fenghuo accounts`: the people of an installation without an identity provider, kept by whoever has its shell.

Passwords come over standard input alone: an argument would stand in the shell's history and in the list of processes.
Every change leaves an entry in the audit.
"""

import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Act, Role, Someone
from models.areas import area_tree
from models.units import UnknownUnit, parse_unit
from streams.access import audit
from streams.access.accounts import Account, PasswordTooShort, disable_account, keep_account, open_account
from streams.access.accounts import accounts as everybody
from streams.access.audit import Outsider
from streams.access.sessions import LINK_LASTS, new_link
from streams.cli.doors import on_database, reading
from streams.cli.terminal import CannotDo, add, answer, answers, found_wrong, remark, table
from streams.program import running
from streams.settings import Settings
from streams.store.database import Database
from workflows.judgement.case import beijing_day

app = typer.Typer(no_args_is_help=True, help="The people who may sign in: keep, list, disable, link.")

_OPTIONS = {
    "person_id": "ID",
    "name": "--name",
    "role": "--role",
    "area_code": "--area",
    "unit_code": "--unit",
}
Id = Annotated[str, typer.Argument(metavar="ID", help="what the person signs in with")]


@app.command()
def keep(
    person_id: Id,
    *,
    name: Annotated[str, typer.Option(help="the name that others see")],
    role: Annotated[Role, typer.Option(help="what the person is there")],
    area: Annotated[str, typer.Option(metavar="CODE", help="the area that the person works for")],
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="the unit, of the role unit alone")] = None,
    with_password: Annotated[
        bool, typer.Option("--password-stdin", help="read a password from standard input")
    ] = False,
) -> None:
    """Add a person, or change one; an account that was disabled is open again.

    Without --password-stdin there is no password, an earlier one is gone, and `fenghuo accounts link` lets the person
    in. A password has 12 characters or more; a new one ends the sessions that are open.

    Example: fenghuo accounts keep wang --name 王值班 --role duty_officer --area 500108 --password-stdin <password.txt
    """
    someone = _someone(person_id, name, role, area, unit)
    password = sys.stdin.readline().rstrip("\r\n") if with_password else None

    async def kept(connection: AsyncConnection, now: datetime) -> None:
        try:
            await keep_account(connection, someone, password, now)
        except PasswordTooShort as short:
            raise CannotDo(f"--password-stdin: a password has {short}") from None
        await _note(connection, someone, now)

    _changing(kept)
    answer(f"{person_id} is {role.value} of {area_tree().full_name_zh(someone.area_code)}")
    if password is None:
        remark(f"no password: `fenghuo accounts link {person_id}` prints a link that signs in once")


@app.command("list")
def list_accounts() -> None:
    """List everybody by id, with role and area, and whether the account is open.

    Example: fenghuo accounts list
    """
    listed: list[Account] = reading(everybody)
    shown = table("", "id", "name", "role", "area", "unit", "state")
    for one in listed:
        someone, state = one.someone, "disabled" if one.disabled else "open"
        place = f"{someone.area_code} {area_tree().full_name_zh(someone.area_code)}"
        add(shown, someone.person_id, someone.name, someone.role.value, place, someone.unit_code, state)
    answers.print(shown)
    remark(f"{len(listed)} accounts")


@app.command()
def disable(person_id: Id) -> None:
    """Close an account: its sessions end at once, and neither password nor link opens another.

    What the person did stays in the audit. `keep` opens the account again. Exit code 1: no such account is open.

    Example: fenghuo accounts disable wang
    """

    async def disabled(connection: AsyncConnection, now: datetime) -> None:
        someone = await _open(connection, person_id)
        await disable_account(connection, person_id)
        await _note(connection, someone, now)

    _changing(disabled)
    answer(f"{person_id} is out")


@app.command()
def link(person_id: Id) -> None:
    """Print a link that signs this person in once, within a quarter of an hour, at the program that runs.

    Hand it to nobody else. Exit code 1: no such account is open; 2: no program runs in the data folder.

    Example: fenghuo accounts link wang
    """

    async def linked(database: Database, settings: Settings) -> str:
        found = running.find(settings.data_dir)
        if found is None:
            raise CannotDo(
                f"no program runs in {settings.data_dir}, and the link leads to it; "
                "start `fenghuo run` in another shell"
            )
        now = datetime.now(UTC)
        async with database.write() as connection:
            someone = await _open(connection, person_id)
            word = await new_link(connection, person_id, now)
            await _note(connection, someone, now)
        return f"{found.gateway_url.rstrip('/')}/enter?link={word}"

    answer(on_database(linked))
    remark(f"good once, for {LINK_LASTS.total_seconds() / 60:.0f} minutes")


def _someone(person_id: str, name: str, role: Role, area: str, unit: str | None) -> Someone:
    """The person that these words describe. Raises CannotDo that names the option."""
    _require_standing(area)
    if role is Role.UNIT and unit is None:
        raise CannotDo("--unit: the role unit needs the code of its unit, such as 500108:fire")
    if unit is not None:
        if role is not Role.UNIT:
            raise CannotDo(f"--unit: only the role unit has one, not {role.value}")
        try:
            unit_area = parse_unit(unit).area_code
        except UnknownUnit as unknown:
            raise CannotDo(f"--unit: {unknown}") from None
        if unit_area != area:
            raise CannotDo(f"--area: the unit {unit} is of the area {unit_area}")
    words = {"person_id": person_id, "name": name, "role": role, "area_code": area, "unit_code": unit}
    try:
        return Someone.model_validate(words)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise CannotDo(f"{_OPTIONS[str(first['loc'][0])]}: {first['msg']}") from None


def _require_standing(area: str) -> None:
    tree, today = area_tree(), beijing_day(datetime.now(UTC))
    if area not in tree:
        raise CannotDo(f"--area: no area ever had the code {area}")
    known = tree.area(area)
    if not known.is_in_force(today):
        successor = f"; {known.successor} came after it" if known.successor else ""
        raise CannotDo(f"--area: {area} {known.name} is not in force{successor}")


async def _open(connection: AsyncConnection, person_id: str) -> Someone:
    someone = await open_account(connection, person_id)
    if someone is None:
        found_wrong(f"no account {person_id} is open; `fenghuo accounts list` lists them")
    return someone


async def _note(connection: AsyncConnection, about: Someone, now: datetime) -> None:
    asked = Outsider.COMMAND_LINE, Act.MANAGE_ACCOUNTS, about.area_code, about.person_id
    await audit.append(connection, audit.entry_of(*asked, allowed=True, at=now))


def _changing(work: Callable[[AsyncConnection, datetime], Awaitable[None]]) -> None:
    async def within(database: Database, _: Settings) -> None:
        async with database.write() as connection:
            await work(connection, datetime.now(UTC))

    on_database(within)
