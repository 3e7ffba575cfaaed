"""Who may sign in is kept from the command line; what is wrong is refused by the name of its option."""

import io
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.access import Role, Someone
from models.identifiers import AreaCode, UnitCode
from models.tables import AUDIT
from streams.access.accounts import accounts, with_password
from streams.access.sessions import use_link
from streams.program import running
from streams.program.running import Running
from streams.store.database import Database
from tests.databases.meddling import lift_guards
from tests.integration.cli.conftest import Fenghuo, asked

PASSWORD = "correct horse battery"
WANG = Someone(person_id="wang", name="王值班", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))
KEEP_WANG = ("accounts", "keep", "wang", "--name", "王值班", "--role", "duty_officer", "--area", "500108")
KEEP_LI = ("accounts", "keep", "li", "--name", "李队长", "--role", "unit")
Type = Callable[[str], None]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Put these words on standard input."""
    return lambda words: monkeypatch.setattr(sys, "stdin", io.StringIO(words))


def everybody(data_dir: Path) -> dict[Someone, bool]:
    """Who there is, and whether the account is open."""

    async def listed(database: Database) -> dict[Someone, bool]:
        async with database.read() as connection:
            return {one.someone: not one.disabled for one in await accounts(connection)}

    return asked(data_dir, listed)


def known_by(data_dir: Path, password: str) -> Someone | None:
    """Whom this password lets in as wang."""

    async def looked(database: Database) -> Someone | None:
        async with database.read() as connection:
            return await with_password(connection, "wang", password)

    return asked(data_dir, looked)


def noted(data_dir: Path) -> list[tuple[str, str, str, str]]:
    """The audit."""

    async def read(database: Database) -> list[tuple[str, str, str, str]]:
        async with database.read() as connection:
            rows = await connection.execute(select(AUDIT).order_by(AUDIT.c.seq))
            return [(row.person_id, row.act, row.area_code, row.subject) for row in rows]

    return asked(data_dir, read)


def test_who_is_kept_signs_in_with_the_password(fenghuo: Fenghuo, data_dir: Path, typed: Type) -> None:
    """The account is there, its password is the first line of standard input, and neither is printed back."""
    typed(f"{PASSWORD}\nmore\n")
    said = fenghuo(*KEEP_WANG, "--password-stdin")
    assert (said.code, said.answer) == (0, "wang is duty_officer of 重庆市南岸区\n")
    assert known_by(data_dir, PASSWORD) == WANG
    assert PASSWORD not in said.answer + said.remarks


def test_without_a_password_only_a_link_is_left(fenghuo: Fenghuo, data_dir: Path, typed: Type) -> None:
    """Keeping somebody again without one takes the password away and says what lets them in."""
    typed(PASSWORD)
    fenghuo(*KEEP_WANG, "--password-stdin")
    said = fenghuo(*KEEP_WANG)
    assert "fenghuo accounts link wang" in said.remarks
    assert known_by(data_dir, PASSWORD) is None


def test_a_unit_has_its_code(fenghuo: Fenghuo, data_dir: Path) -> None:
    """A person of a unit is listed with it."""
    assert fenghuo(*KEEP_LI, "--area", "500108", "--unit", "500108:fire").code == 0
    [li] = everybody(data_dir)
    assert (li.unit_code, li.role) == (UnitCode("500108:fire"), Role.UNIT)
    listed = fenghuo("accounts", "list").answer.splitlines()
    assert listed[1].split() == ["li", "李队长", "unit", "500108", "重庆市南岸区", "500108:fire", "open"]


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("--role", "duty_officer", "--area", "999999"), "--area: no area ever had"),
        (("--role", "duty_officer", "--area", "500112"), "--area: 500112 渝北区 is not in force; 500157"),
        (("--role", "duty_officer", "--area", "南岸区"), "--area: no area ever had"),
        (("--role", "unit", "--area", "500108"), "--unit: the role unit needs"),
        (("--role", "unit", "--area", "500108", "--unit", "500108:magic"), "--unit: "),
        (("--role", "unit", "--area", "500108", "--unit", "999999:fire"), "--unit: "),
        (("--role", "unit", "--area", "500101", "--unit", "500108:fire"), "--area: the unit"),
        (("--role", "commander", "--area", "500108", "--unit", "500108:fire"), "--unit: only the role unit"),
        (("--role", "king", "--area", "500108"), "--role"),
        (("--role", "commander", "--area", "500108", "--name", ""), "--name: "),
        (
            ("--role", "commander", "--area", "500108", "--password-stdin"),
            "--password-stdin: a password has 12",
        ),
    ],
)
def test_what_is_wrong_is_refused_by_its_option(
    fenghuo: Fenghuo, data_dir: Path, typed: Type, words: tuple[str, ...], option: str
) -> None:
    """Exit code 2, the option, and nobody is added."""
    typed("too short\n")
    said = fenghuo("accounts", "keep", "wang", "--name", "王", *words)
    assert (said.code, said.answer) == (2, "")
    assert option in said.remarks
    assert (everybody(data_dir), noted(data_dir)) == ({}, [])


def test_an_id_is_one_word(fenghuo: Fenghuo, data_dir: Path) -> None:
    """What could not be typed at the sign-in is no id."""
    said = fenghuo("accounts", "keep", "wang er", *KEEP_WANG[3:])
    assert (said.code, everybody(data_dir)) == (2, {})
    assert "ID: " in said.remarks


def test_a_disabled_account_is_closed_until_it_is_kept_again(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Disabling again, or somebody unknown, ends with 1."""
    fenghuo(*KEEP_WANG)
    assert fenghuo("accounts", "disable", "wang").code == 0
    assert everybody(data_dir) == {WANG: False}
    assert "disabled" in fenghuo("accounts", "list").answer
    for person_id in ("wang", "nobody"):
        said = fenghuo("accounts", "disable", person_id)
        assert (said.code, said.answer) == (1, "")
    fenghuo(*KEEP_WANG)
    assert everybody(data_dir) == {WANG: True}


def test_a_link_leads_to_the_running_program_once(fenghuo: Fenghuo, data_dir: Path) -> None:
    """It is of the program's address, opens one session, and is told only for an open account."""
    fenghuo(*KEEP_WANG)
    running.write(data_dir, Running(os.getpid(), "http://127.0.0.1:8420", "127.0.0.1:9"))
    said = fenghuo("accounts", "link", "wang")
    address, _, word = said.answer.strip().partition("?link=")
    assert (said.code, address) == (0, "http://127.0.0.1:8420/enter")

    async def used(database: Database) -> list[str | None]:
        async with database.write() as connection:
            return [await use_link(connection, word, datetime.now(UTC)) for _ in range(2)]

    assert asked(data_dir, used) == ["wang", None]
    assert fenghuo("accounts", "link", "nobody").code == 1


def test_without_a_running_program_there_is_no_link(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Nothing is made, and what to start is said."""
    fenghuo(*KEEP_WANG)
    said = fenghuo("accounts", "link", "wang")
    assert (said.code, said.answer) == (2, "")
    assert "fenghuo run" in said.remarks
    assert len(noted(data_dir)) == 1


def test_every_change_is_in_the_audit(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Who was kept, let in or closed, by whoever has the shell."""
    running.write(data_dir, Running(os.getpid(), "http://127.0.0.1:8420", "127.0.0.1:9"))
    fenghuo(*KEEP_WANG)
    fenghuo("accounts", "link", "wang")
    fenghuo("accounts", "disable", "wang")
    fenghuo("accounts", "disable", "nobody")
    assert noted(data_dir) == [("the command line", "manage_accounts", "500108", "wang")] * 3


@pytest.mark.parametrize(
    "words", [KEEP_WANG, ("accounts", "list"), ("accounts", "disable", "wang"), ("audit", "verify")]
)
def test_a_missing_database_is_told(fenghuo: Fenghuo, data_dir: Path, words: tuple[str, ...]) -> None:
    """Nothing is made; the command says what to run."""
    (data_dir / "fenghuo.db").unlink()
    said = fenghuo(*words)
    assert (said.code, said.answer) == (2, "")
    assert "fenghuo db upgrade" in said.remarks
    assert not (data_dir / "fenghuo.db").exists()


def test_the_audit_tells_how_long_it_is_and_where_it_ends(fenghuo: Fenghuo) -> None:
    """Every entry moves the digest that is to be written down."""
    assert fenghuo("audit", "verify").answer == f"entries 0, digest {'0' * 64}\n"
    heads = set()
    for count in (1, 2):
        fenghuo(*KEEP_WANG)
        said = fenghuo("audit", "verify")
        assert said.code == 0
        assert said.answer.startswith(f"entries {count}, digest ")
        heads.add(said.answer.split()[-1])
    assert len(heads) == 2


def test_a_changed_entry_is_named(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Exit code 1 and the first entry that is not what was written."""
    for _ in range(3):
        fenghuo(*KEEP_WANG)

    async def meddle(database: Database) -> None:
        async with database.write() as connection:
            await lift_guards(connection)
            await connection.exec_driver_sql("UPDATE audit SET subject = 'li' WHERE seq = 2")

    asked(data_dir, meddle)
    said = fenghuo("audit", "verify")
    assert (said.code, said.answer) == (1, "audit seq=2: is not the entry that was written there\n")
    assert "whole up to seq 1, digest " in said.remarks
