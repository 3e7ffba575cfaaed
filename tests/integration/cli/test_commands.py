"""What each command answers and how it ends, on a database that the real batch has written."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
import typer
from sqlalchemy import select, update
from typer.core import TyperGroup

from models.tables import COMMANDS as COMMAND_ROWS
from models.tables import DEAD_LETTERS, INCIDENTS, OUTBOX
from streams.cli import COMMANDS, app_of, catalogue_app
from streams.errors import EXIT_SETTINGS
from streams.store.database import Database
from tests.integration.cli.conftest import Fenghuo, asked
from workflows.rulebook_file import default_rulebook, default_rulebook_text

YEAR = timedelta(days=365)


def commands() -> Iterator[tuple[str, ...]]:
    """The words of every command."""
    group = typer.main.get_command(app_of(*COMMANDS))
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from ((name, inner) for inner in command.commands)
        else:
            yield (name,)


async def ids(database: Database, status: str) -> list[str]:
    query = select(INCIDENTS.c.incident_id).where(INCIDENTS.c.status == status)
    async with database.read() as connection:
        return list((await connection.execute(query)).scalars())


async def spoil(database: Database, incident_id: str) -> None:
    """Change the stored state behind the engine's back."""
    async with database.write() as connection:
        this = INCIDENTS.c.incident_id == incident_id
        state = (await connection.execute(select(INCIDENTS.c.state).where(this))).scalar_one()
        changed = orjson.dumps({**orjson.loads(state), "title": "something else"})
        await connection.execute(update(INCIDENTS).where(this).values(state=changed))


def test_the_catalogue_says_what_the_commands_say_of_themselves() -> None:
    """Help that loads no command lists the same words with the same lines as the commands would."""
    told, real = (typer.main.get_command(app) for app in (catalogue_app(), app_of(*COMMANDS)))
    assert isinstance(told, TyperGroup)
    assert isinstance(real, TyperGroup)
    assert {name: one.get_short_help_str(200) for name, one in told.commands.items()} == {
        name: one.get_short_help_str(200) for name, one in real.commands.items()
    }
    assert list(told.commands) == list(COMMANDS)


def test_help_loads_no_command() -> None:
    """A newcomer's first word is answered without the program behind it."""
    script = "import sys; from streams.cli import main; main(['--help']); print(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "dead-letters" in done.stdout
    assert "streams.cli.catalogue" in loaded
    assert not loaded & {"pydantic", "sqlalchemy", "aiokafka", "faust", "models", "workflows"}


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_explains_itself(fenghuo: Fenghuo, words: tuple[str, ...]) -> None:
    """--help ends well and has an example that begins with the command itself."""
    said = fenghuo(*words, "--help")
    assert said.code == 0
    assert f"fenghuo {' '.join(words)}" in said.answer.partition("Example:")[2]


@pytest.mark.parametrize(
    "words", [("check",), ("replay", "--all"), ("incidents",), ("dead-letters", "list"), ("rulebook", "show")]
)
def test_a_missing_database_is_told(fenghuo: Fenghuo, data_dir: Path, words: tuple[str, ...]) -> None:
    """Without a database nothing is made; the command says what to run, and ends with 2."""
    (data_dir / "fenghuo.db").unlink()
    said = fenghuo(*words)
    assert (said.code, said.answer) == (2, "")
    assert "fenghuo db upgrade" in said.remarks
    assert not (data_dir / "fenghuo.db").exists()


def test_db_upgrade_makes_the_database(fenghuo: Fenghuo, data_dir: Path) -> None:
    """After `db upgrade` an empty database answers, and holds every invariant."""
    (data_dir / "fenghuo.db").unlink()
    assert fenghuo("db", "upgrade").code == 0
    assert fenghuo("db", "upgrade").code == 0
    said = fenghuo("check")
    assert (said.code, "0 incidents" in said.answer) == (0, True)


def test_what_a_command_makes_is_its_owner_s_alone(
    fenghuo: Fenghuo, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no data folder yet, nobody else can enter the new one or read its database."""
    folder = data_dir / "new"
    monkeypatch.setenv("FENGHUO_DATA_DIR", str(folder))
    assert fenghuo("db", "upgrade").code == 0
    kept = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert (kept["new"], kept["fenghuo.db"]) == (0o700, 0o600)
    assert [name for name, mode in kept.items() if mode & 0o077] == []


@pytest.mark.parametrize("words", [("tail", "reports"), ("topics", "plan")])
def test_a_missing_broker_is_told(fenghuo: Fenghuo, words: tuple[str, ...]) -> None:
    """Where no program runs, its broker is not there: the command says what to start, and ends with 2."""
    said = fenghuo(*words)
    assert (said.code, said.answer) == (2, "")
    assert "fenghuo run" in said.remarks


def test_check_says_that_all_holds(fenghuo: Fenghuo) -> None:
    """A good database ends with 0; that Kafka was not looked at is said."""
    said = fenghuo("check")
    assert said.code == 0
    assert said.answer == (
        "I1 to I13 hold: 6 incidents in the database; no broker answers: I7 was not looked at on Kafka\n"
    )


def test_check_names_the_row_that_breaks_one(fenghuo: Fenghuo, data_dir: Path) -> None:
    """The first broken row ends it with 1; --all tells of every one."""
    one, two, *_ = asked(data_dir, lambda database: ids(database, "open"))
    asked(data_dir, lambda database: spoil(database, one))
    asked(data_dir, lambda database: spoil(database, two))
    said = fenghuo("check")
    assert said.code == 1
    assert said.answer.startswith(f"I6 incidents incident_id={min(one, two)}: state title: stored ")
    assert said.answer.count("\n") == 1
    assert fenghuo("check", "--all").answer.count("\n") == 2


def test_replay_names_the_field_that_differs(fenghuo: Fenghuo, data_dir: Path) -> None:
    """An incident as it was folded ends with 0; a changed state with 1, and the field is named."""
    (closed,) = asked(data_dir, lambda database: ids(database, "closed"))
    (rejected,) = asked(data_dir, lambda database: ids(database, "rejected"))
    assert fenghuo("replay", closed).code == 0
    assert fenghuo("replay", "--all").answer.startswith("6 incidents, ")
    asked(data_dir, lambda database: spoil(database, rejected))
    for words in ((rejected,), ("--all",)):
        said = fenghuo("replay", *words)
        assert said.code == 1
        assert said.answer.startswith(f'{rejected}: title: stored "something else", the fold says ')
    assert fenghuo("replay", closed).code == 0


def test_replay_is_called_rightly(fenghuo: Fenghuo) -> None:
    """Neither or both of an id and --all is a mistake of the caller; an unknown id is found wrong."""
    assert fenghuo("replay").code == 2
    assert fenghuo("replay", "some-id", "--all").code == 2
    assert fenghuo("replay", "nowhere").code == 1


def test_incidents_are_listed_and_filtered(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Every incident has a line; filters leave those that they name."""
    (closed,) = asked(data_dir, lambda database: ids(database, "closed"))
    every = fenghuo("incidents", "--json").answer.splitlines()
    assert len(every) == 6
    assert closed in fenghuo("incidents").answer
    only = fenghuo("incidents", "--status", "closed", "--area", "500108", "--level", "IV", "--json")
    assert [orjson.loads(line)["incident_id"] for line in only.answer.splitlines()] == [closed]
    assert fenghuo("incidents", "--status", "closed", "--area", "500106", "--json").answer == ""
    assert fenghuo("incidents", "--area", "999999").code == 2
    assert fenghuo("incidents", "--status", "finished").code == 2


def test_one_incident_is_shown(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Its standing, place, steps, commands, clocks and log; one that is not there ends with 1."""
    (closed,) = asked(data_dir, lambda database: ids(database, "closed"))
    said = fenghuo("show", closed)
    assert said.code == 0
    for words in (
        "closed, follow_up, verdict true, level IV",
        "重庆市南岸区",
        "close_and_review",
        "incident_closed",
    ):
        assert words in said.answer
    assert orjson.loads(fenghuo("show", closed, "--json").answer)["incident_id"] == closed
    assert fenghuo("show", "nowhere").code == 1


def test_a_dead_letter_is_sent_again_once(fenghuo: Fenghuo, data_dir: Path) -> None:
    """It is listed and shown byte for byte; retried, it stands in the outbox as it was, and cannot be retried twice."""
    which = "cluster-of-tests/reports/0/7"
    assert which in fenghuo("dead-letters", "list", "--waiting").answer
    assert fenghuo("dead-letters", "list", "--reason", "oversized").answer.count("\n") == 1
    assert fenghuo("dead-letters", "show", which).answer == "not json\n"
    assert fenghuo("dead-letters", "retry", which).answer == "1 will be sent again\n"
    again = fenghuo("dead-letters", "retry", which)
    assert (again.code, again.answer) == (1, "0 will be sent again\n")
    assert fenghuo("dead-letters", "retry", "--all").answer == "0 will be sent again\n"
    assert fenghuo("dead-letters", "retry").code == 2
    assert fenghuo("dead-letters", "show", "reports-0-7").code == 2

    async def waiting(database: Database) -> list[tuple[str, bytes]]:
        query = select(OUTBOX.c.topic, OUTBOX.c.value).where(OUTBOX.c.published_at.is_(None))
        async with database.read() as connection:
            assert (await connection.execute(select(DEAD_LETTERS.c.retried_at))).scalar_one() is not None
            return [(row.topic, row.value) for row in await connection.execute(query)]

    assert asked(data_dir, waiting) == [("reports", b"not json")]


def test_a_rulebook_is_checked_and_activated(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """A wrong one is told with its lines and changes nothing; a good one is in force soon, at a moment that is told."""
    shipped = default_rulebook()
    wrong, good = tmp_path / "wrong.toml", tmp_path / "good.toml"
    wrong.write_bytes(default_rulebook_text().replace(b"threshold_ratio = ", b"threshold_ratio = 7 #", 1))
    good.write_bytes(default_rulebook_text() + b"\n# ours\n")
    for command in ("check", "activate"):
        said = fenghuo("rulebook", command, str(wrong))
        assert said.code == 1
        assert "wrong.toml: line " in said.answer
    assert shipped.digest in fenghuo("rulebook", "show").answer
    assert fenghuo("rulebook", "check", str(good)).code == 0
    assert "in force from 2" in fenghuo("rulebook", "activate", str(good)).answer
    assert "in force already" in fenghuo("rulebook", "activate", str(good)).answer
    assert fenghuo("rulebook", "show", "--text", "--announced").answer.encode() == good.read_bytes()
    assert fenghuo("rulebook", "check", str(tmp_path / "none.toml")).code == 2


def test_settings_are_shown_without_secrets(fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting has a line; the token is masked."""
    monkeypatch.setenv("FENGHUO_TOKEN", "a-secret-of-our-own")
    said = fenghuo("config", "show")
    assert "FENGHUO_TOKEN=********\n" in said.answer
    assert "secret-of-our-own" not in said.answer
    assert fenghuo("config", "check").code == 0


def test_wrong_settings_are_refused(fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch) -> None:
    """`config check` finds them wrong, and a command that needs them: both end with 78. Each is named."""
    monkeypatch.setenv("FENGHUO_PROFILE", "production")
    said = fenghuo("config", "check")
    assert said.code == EXIT_SETTINGS
    assert {line.split(":")[0] for line in said.answer.splitlines()} >= {
        "FENGHUO_BROKER_URL",
        "FENGHUO_TOKEN",
    }
    refused = fenghuo("check")
    assert refused.code == EXIT_SETTINGS
    assert "FENGHUO_DATABASE_URL" in refused.remarks


def test_the_version_is_told(fenghuo: Fenghuo) -> None:
    """Program, messages and shipped rulebook."""
    said = fenghuo("version")
    assert said.code == 0
    assert "schema_version 1" in said.answer
    assert default_rulebook().digest in said.answer


@pytest.mark.parametrize("words", [("incidents",), ("show", "nowhere"), ("explain", "nowhere")])
def test_looking_loads_what_reads_and_nothing_else(words: tuple[str, ...], data_dir: Path) -> None:
    """Neither broker nor engine nor gateway nor the history of the tables: they take longer than the answer."""
    heavy = ["aiokafka", "faust", "fastapi", "aiohttp", "alembic", "streams.check"]
    heavy.append("workflows.judgement.understanding.understand")
    script = (
        f"import sys; from streams.cli import main; code = main({list(words)!r});"
        f"print([name for name in {heavy!r} if name in sys.modules], code in (0, 1))"
    )
    settings = {"FENGHUO_DATA_DIR": str(data_dir), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=settings
    )
    assert done.stdout.splitlines()[-1] == "[] True"


async def make_late(database: Database) -> str:
    """One order's limit passed a year ago; its unit."""
    async with database.write() as connection:
        waits = COMMAND_ROWS.c.status.in_(("issued", "received")) & (COMMAND_ROWS.c.kind == "order")
        row = (await connection.execute(select(COMMAND_ROWS).where(waits).limit(1))).one()
        this = COMMAND_ROWS.c.command_id == row.command_id
        await connection.execute(update(COMMAND_ROWS).where(this).values(acknowledge_by=row.issued_at - YEAR))
    return str(row.unit_code)


def test_overdue_names_whom_to_phone(fenghuo: Fenghuo, data_dir: Path) -> None:
    """The order that is longest past its limit comes first, with its unit and its incident."""
    unit_code = asked(data_dir, make_late)
    first = orjson.loads(fenghuo("overdue", "--json", "--limit", "1").answer)
    assert (first["unit_code"], first["kind"]) == (unit_code, "order")
    assert fenghuo("show", first["incident_id"]).code == 0
    said = fenghuo("overdue")
    assert unit_code in said.answer
    assert said.remarks.endswith(" overdue\n")
