"""`fenghuo understand`: JSON lines in, JSON lines out, with nothing else running."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from models.areas import area_tree
from streams.cli.understanding import reported_at
from tests.integration.cli.conftest import Fenghuo, Said

KEYS = [
    "id", "category", "category_cec", "deaths", "missing", "serious", "injured", "trapped", "approx", "place",
    "area_codes", "time", "level", "rules", "spans",
]  # fmt: skip
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


Give = Callable[[bytes], None]


@pytest.fixture
def said_to(monkeypatch: pytest.MonkeyPatch) -> Give:
    """Put these bytes on standard input."""

    def give(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return give


def test_each_line_is_answered_with_the_keys_of_the_contract(fenghuo: Fenghuo, said_to: Give) -> None:
    """Exactly these keys in this order, the id as it came, and what nobody wrote is null."""
    said_to(
        b'{"id": "a", "title": "\xe5\x85\xac\xe5\x91\x8a", "text": ""}\n\n{"id": 7, "text": "x", "more": 1}\n'
    )
    said = fenghuo("understand")
    assert (said.code, said.remarks) == (0, "")
    first, second = map(json.loads, said.answer.splitlines())
    assert list(first) == KEYS
    assert (first["id"], second["id"]) == ("a", 7)
    assert {first[key] for key in (*KEYS[1:8], "place", "area_codes", "time")} == {None}
    assert (first["approx"], first["level"], first["rules"], first["spans"]) == (False, None, [], {})


def ask(fenghuo: Fenghuo, said_to: Give, **asked: str) -> dict[str, Any]:
    """What one text says."""
    said_to(json.dumps({"id": "one", **asked}).encode())
    answered: dict[str, Any] = json.loads(fenghuo("understand").answer)
    return answered


def test_a_text_gives_kind_numbers_place_time_and_level(fenghuo: Fenghuo, said_to: Give) -> None:
    """Each with the words that it was read from; the rule names its pack, its number and its source."""
    found = ask(
        fenghuo,
        said_to,
        title="涂山镇居民楼起火",
        text="11月22日8时许，南岸区涂山镇一居民楼起火，造成3人死亡、2人重伤，十余人受伤。",
        report_time="2026-11-22 10:00",
    )
    assert (found["category"], found["category_cec"]) == ("accident.fire", "火灾")
    assert [found[name] for name in ("deaths", "serious", "injured", "trapped", "approx")] == [
        3,
        2,
        12,
        None,
        True,
    ]
    assert area_tree().full_name_zh(found["area_codes"][0]) == "重庆市南岸区涂山镇"
    assert (len(found["area_codes"]), found["place"]) == (1, "南岸区涂山镇")
    assert (found["time"], found["level"]) == ("2026-11-22T08:00:00+08:00", "III")
    (rule, *_) = found["rules"]
    assert (rule["pack_id"], rule["level"], rule["met"][0]["at_least"]) == ("fire", "III", 3)
    assert rule["source"]
    assert found["spans"]["deaths"] == [{"part": "text", "start": 25, "end": 29, "words": "3人死亡"}]


def test_a_level_is_given_once_something_could_be_graded(fenghuo: Fenghuo, said_to: Give) -> None:
    """A kind or a number is held against the lines, IV where none holds; with neither the level is unknown."""
    assert ask(fenghuo, said_to, text="厨房起火，已自行扑灭。")["level"] == "IV"
    assert ask(fenghuo, said_to, text="现场有1人死亡。")["level"] == "IV"
    assert ask(fenghuo, said_to, text="请尽快派人过来看看。")["level"] is None


def test_a_place_outside_the_city_has_no_codes(fenghuo: Fenghuo, said_to: Give) -> None:
    """Its words are given, and the empty list says that it is known to lie outside; null is not known."""
    found = ask(fenghuo, said_to, text="成都市武侯区一居民楼起火，无人员伤亡。", report_time="2026-11-22")
    assert (found["place"], found["area_codes"], found["deaths"]) == ("成都市武侯区", [], 0)
    assert ask(fenghuo, said_to, text="一居民楼起火。")["area_codes"] is None


def test_a_bad_line_is_named_and_the_good_ones_come_out(fenghuo: Fenghuo, said_to: Give) -> None:
    """Each unusable line is told with its number on standard error, and the command ends with 1."""
    lines = [
        "nope",
        '{"id": 1, "text": "x"}',
        "[1]",
        '{"text": "x"}',
        '{"id": 2}',
        '{"id": 3, "title": 4}',
        '{"id": true, "text": "x"}',
    ]
    said_to("\n".join(lines).encode())
    said = fenghuo("understand")
    assert said.code == 1
    assert [json.loads(line)["id"] for line in said.answer.splitlines()] == [1]
    assert [line.partition(":")[0] for line in said.remarks.splitlines()[:-1]] == [
        f"line {number}" for number in (1, 3, 4, 5, 6, 7)
    ]
    assert "6 lines" in said.remarks.splitlines()[-1]


def test_no_input_is_no_error(fenghuo: Fenghuo, said_to: Give) -> None:
    """Nothing asked, nothing answered."""
    said_to(b"")
    assert fenghuo("understand") == Said(0, "", "")


def test_it_brings_no_engine_with_it() -> None:
    """Neither broker nor database nor settings are loaded: it must answer at once, and anywhere."""
    heavy = ("sqlalchemy", "aiokafka", "faust", "fastapi", "pydantic_settings", "aiohttp")
    code = (
        "import sys; from streams.cli import main; code = main(['understand']);"
        f"print([name for name in {heavy!r} if name in sys.modules], code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        input='{"id": 1, "text": "x"}',
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "[] 0"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2006-8-10 9:16:36", "2006-08-10T09:16:36+08:00"),
        ("2014-04-18 10:24环球网", "2014-04-18T10:24:00+08:00"),
        ("2012年3月11日08:30", "2012-03-11T08:30:00+08:00"),
        ("2012年03月11日 08:30:05 来源： 新华网", "2012-03-11T08:30:05+08:00"),
        ("时间：2008-05-12 14:28:04", "2008-05-12T14:28:04+08:00"),
        ("嘉兴在线新闻网 2010年07月08日 09:10:11", "2010-07-08T09:10:11+08:00"),
        ("2013年4月5日16时左右", "2013-04-05T16:00:00+08:00"),
        ("2013年4月5日16时20分", "2013-04-05T16:20:00+08:00"),
        ("２０１３年４月５日", "2013-04-05T23:59:59+08:00"),
        ("2013/04/05", "2013-04-05T23:59:59+08:00"),
        ("2014-04-18T10:24:05Z", "2014-04-18T10:24:05+00:00"),
        ("2014-04-18T10:24:05.123+0800", "2014-04-18T10:24:05+08:00"),
        ("2013-02-31, 订正 2013-03-03 10:00", "2013-03-03T10:00:00+08:00"),
        ("昨天", NOW.isoformat()),
        ("", NOW.isoformat()),
        (None, NOW.isoformat()),
    ],
)
def test_a_page_s_time_is_read_in_its_loose_forms(written: str | None, moment: str) -> None:
    """Beijing time unless it says otherwise; a bare day counts to its end; without a date it is now."""
    assert reported_at(written, NOW).isoformat() == moment
