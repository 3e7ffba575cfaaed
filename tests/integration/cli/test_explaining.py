"""`fenghuo explain`: the rule, the number, the words, the source and the next best, read from the log."""

from pathlib import Path

from sqlalchemy import select

from models.tables import INCIDENTS
from models.vocabulary import Level
from streams.store.database import Database
from tests.integration.cli.conftest import Fenghuo, asked


async def of_level(database: Database, level: Level) -> str:
    query = select(INCIDENTS.c.incident_id).where(INCIDENTS.c.level == level.value)
    async with database.read() as connection:
        return (await connection.execute(query)).scalars().first() or ""


async def every_incident(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(select(INCIDENTS.c.incident_id))).scalars())


def section(answer: str, title: str) -> str:
    """The lines under this title."""
    return answer.partition(f"\n{title}\n")[2].partition("\n\n")[0]


def test_a_level_names_rule_number_words_source_and_next_line(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Twelve deaths reach the line of ten, by Order 493; eighteen more would give the worst level."""
    said = fenghuo("explain", asked(data_dir, lambda database: of_level(database, Level.II)))
    assert said.code == 0
    levels = section(said.answer, "Levels 级别")
    for part in (
        "level II 重大, preliminary 初步, by rule 规则",
        "level II 重大, in force 定级, by rule 规则",
        "deaths 死亡 12, line at 界线 10 gives II 重大",
        "source 出处: ",
        "report 报告 hot-1/r-7",
        "18 more of deaths 死亡 gives I 特别重大",
    ):
        assert part in levels


def test_an_order_names_its_task_its_release_and_who_is_next(fenghuo: Fenghuo, data_dir: Path) -> None:
    """The plan, from which level on, by whom it was released, its limits, and the unit it would pass to."""
    said = fenghuo("explain", asked(data_dir, lambda database: of_level(database, Level.II)))
    commands = section(said.answer, "Commands 处置指令")
    for part in (
        "plan 预案 nature at level II 重大",
        "level I 特别重大 would add supports_city",
        "order 指令 fire_turn_out to 500106001:fire",
        "released 下达: by rule 规则, immediate 立即",
        "to be signed within 300 s 签收, done within 7200 s 完成",
        "it passes to 500106:fire 重庆市沙坪坝区消防救援支队",
        "nobody, a red alarm",
    ):
        assert part in commands


def test_a_warning_is_named_in_its_national_form(fenghuo: Fenghuo, data_dir: Path) -> None:
    """The 31 characters, the validity in the national form of time, and the level of the colour."""
    said = fenghuo("explain", asked(data_dir, lambda database: of_level(database, Level.II)))
    warnings = section(said.answer, "Warnings 预警")
    assert "issued 发布, orange 橙色" in warnings
    assert "identifier 标识: 500106000001" in warnings
    assert "this colour is that of level II 重大" in warnings


def test_every_incident_can_be_explained(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Open, closed and rejected ones all say how each report came to them."""
    every = asked(data_dir, every_incident)
    assert len(every) == 6
    for incident_id in every:
        said = fenghuo("explain", incident_id)
        assert (said.code, said.remarks) == (0, "")
        assert "report 报告" in section(said.answer, "Joins and merges 归并")
        assert "nearest 其次" in said.answer


def test_a_limit_says_how_much_it_hides(fenghuo: Fenghuo, data_dir: Path) -> None:
    """One of each kind, and the count of the rest."""
    said = fenghuo("explain", "--limit", "1", asked(data_dir, lambda database: of_level(database, Level.II)))
    assert section(said.answer, "Levels 级别").count("#") == 1
    assert "(1 more; --limit shows them)" in said.answer


def test_an_unknown_incident_is_told(fenghuo: Fenghuo) -> None:
    """It ends with 1 and says how to find one."""
    said = fenghuo("explain", "nowhere")
    assert (said.code, said.answer) == (1, "")
    assert "fenghuo incidents" in said.remarks
