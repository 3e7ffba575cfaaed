"""Times: the moment of the event, from words as they are written."""

from datetime import UTC, datetime, timedelta

import pytest

from workflows.judgement.understanding.dates import BEIJING
from workflows.judgement.understanding.script import script_of
from workflows.judgement.understanding.times import event_time

# A Thursday afternoon, in Beijing.
REPORTED_AT = datetime(2026, 3, 12, 15, 30, tzinfo=BEIJING)


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)  # type: ignore[arg-type,misc]  # year to minute, as a test writes them


def read(text: str, title: str = "", reported_at: datetime = REPORTED_AT) -> datetime | None:
    found = event_time(script_of(title, text), reported_at)
    return found.moment if found else None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2010年4月14日7时49分，玉树发生地震。", beijing(2010, 4, 14, 7, 49)),
        ("2010年4月14日，玉树发生地震。", beijing(2010, 4, 14)),
        ("２０１０年４月１４日７时４９分发生地震。", beijing(2010, 4, 14, 7, 49)),
        ("二〇一〇年四月十四日七时四十九分发生地震。", beijing(2010, 4, 14, 7, 49)),
        ("2026-02-03 08:15 发生追尾。", beijing(2026, 2, 3, 8, 15)),
        ("8月5日中午2点10分，路口发生车祸。", beijing(2025, 8, 5, 14, 10)),
        ("3月5日中午12点半起火。", beijing(2026, 3, 5, 12, 30)),
        ("3月5日中午11点起火。", beijing(2026, 3, 5, 11)),
        ("9日20时许，居民楼起火。", beijing(2026, 3, 9, 20)),
        ("12日早7时许，两车相撞。", beijing(2026, 3, 12, 7)),
        ("15日上午发生滑坡。", beijing(2026, 2, 15, 8)),
        ("31日下午发生滑坡。", beijing(2026, 1, 31, 13)),
        ("去年1月5日发生火灾。", beijing(2025, 1, 5)),
        ("今年1月5日发生火灾。", beijing(2026, 1, 5)),
        ("12月30日夜发生火灾。", beijing(2025, 12, 30, 20)),
        ("昨日凌晨，一辆货车侧翻。", beijing(2026, 3, 11, 0)),
        ("昨日凌晨2时15分左右，一辆货车侧翻。", beijing(2026, 3, 11, 2, 15)),
        ("昨天晚上8点多，一厂房起火。", beijing(2026, 3, 11, 20)),
        ("昨晚11时30分，一酒吧起火。", beijing(2026, 3, 11, 23, 30)),
        ("昨晚12点，一酒吧起火。", beijing(2026, 3, 12, 0)),
        ("昨日深夜1点，一酒吧起火。", beijing(2026, 3, 12, 1)),
        ("今天上午，学校停电。", beijing(2026, 3, 12, 8)),
        ("今晨6时，高速公路追尾。", beijing(2026, 3, 12, 6)),
        ("今天下午三点一辆车撞上护栏。", beijing(2026, 3, 12, 15)),
        ("前天傍晚，河边发生溺水。", beijing(2026, 3, 10, 17)),
        ("前日下午三点一刻，河边发生溺水。", beijing(2026, 3, 10, 15, 15)),
        ("上周五，山上发生火灾。", beijing(2026, 3, 6)),
        ("上周六晚，山上发生火灾。", beijing(2026, 3, 7, 18)),
        ("本周二，山上发生火灾。", beijing(2026, 3, 10)),
        ("周日凌晨，山上发生火灾。", beijing(2026, 3, 8, 0)),
        ("昨日（3月11日）凌晨1时许发生火灾。", beijing(2026, 3, 11, 1)),
        ("半小时前，楼道里起火。", beijing(2026, 3, 12, 15, 0)),
        ("3天前开始有人呕吐。", beijing(2026, 3, 9)),
        ("20分钟前，发生追尾。", beijing(2026, 3, 12, 15, 10)),
        ("14:05，值守员发现浓烟起火。", beijing(2026, 3, 12, 14, 5)),
        ("1月7日22时24分，发生地震。", beijing(2026, 1, 7, 22, 24)),
        ("3月5日24时，发生地震。", beijing(2026, 3, 6)),
    ],
)
def test_words_give_the_moment(text: str, moment: datetime) -> None:
    """Days and clocks, absolute and seen from the report, in digits of every kind, mean Beijing time."""
    assert read(text) == moment


def test_a_moment_is_in_utc() -> None:
    """What goes on from here knows no Beijing time."""
    moment = read("昨日凌晨2时发生车祸。")
    assert moment is not None
    assert (moment.tzinfo, moment.hour) == (UTC, 18)


@pytest.mark.parametrize(
    "text",
    ["日前，一小区发生火灾。", "近日，一小区起火。", "发生火灾，3日内恢复。", "", "3号楼起火。", "2月30日起火。",
     "25时发生火灾。", "3月12日电", "共5人受伤", "三点建议"],
)  # fmt: skip
def test_vague_and_impossible_words_give_none(text: str) -> None:
    """日前 is no day, and neither is the 30th of February."""
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("新华社重庆3月12日电 11日14时，轻轨站起火。", beijing(2026, 3, 11, 14)),
        ("本网3月12日消息，3月10日凌晨，隧道发生追尾。", beijing(2026, 3, 10, 0)),
        ("3月12日，应急局通报，3月9日上午9时发生滑坡。", beijing(2026, 3, 9, 9)),
        ("记者12日从消防部门获悉，10日20时许仓库起火。", beijing(2026, 3, 10, 20)),
        ("截至12日8时，9日发生的地震已造成2人受伤。", beijing(2026, 3, 9)),
        ("11日下午，隧道内发生追尾。据了解，当日14时05分，消防接到报警。", beijing(2026, 3, 11, 14, 5)),
        ("3月8日，桥下发生溺水。当天16时，一名男孩落水。", beijing(2026, 3, 8, 16)),
        ("当地时间10日18时10分（北京时间20时40分）发生地震。", beijing(2026, 3, 10, 20, 40)),
        ("据报道，3月11日凌晨3时发生爆炸，12日上午9时救援结束。", beijing(2026, 3, 11, 3)),
    ],
)
def test_the_event_is_told_from_its_report(text: str, moment: datetime) -> None:
    """Datelines, statements, 截至 and later steps do not tell when it happened."""
    assert read(text) == moment


def test_yesterday_counts_from_the_day_of_writing() -> None:
    """A paper that passes a text on a day later does not move the event."""
    assert read("本报3月10日讯 昨晚21时许，两车相刮。") == beijing(2026, 3, 9, 21)


def test_a_title_helps_out() -> None:
    """The title's time counts when the text has none."""
    assert read("无人员伤亡。", title="高雄11日8时4分发生5.2级地震") == beijing(2026, 3, 11, 8, 4)


def test_a_clock_just_ahead_is_the_report() -> None:
    """Clocks differ by minutes; an event is never after its report."""
    assert read("15时50分发生火灾。") == REPORTED_AT
    assert read("今天20时50分发生火灾。") is None


def test_a_bare_clock_ahead_of_the_report_is_yesterdays() -> None:
    """23:50, written a quarter after midnight."""
    night = beijing(2026, 3, 12, 0, 15)
    assert read("23:50左右起火。", reported_at=night) == beijing(2026, 3, 11, 23, 50)


def test_a_part_of_the_day_that_began_late_is_the_report() -> None:
    """今天下午, written at noon, has only just begun."""
    noon = beijing(2026, 3, 12, 12, 10)
    assert read("今天下午发生火灾。", reported_at=noon) == noon


def test_the_report_may_speak_of_any_zone() -> None:
    """What day it is, is asked of Beijing, whatever the zone of the report's own time."""
    late = datetime(2026, 3, 11, 17, 0, tzinfo=UTC)  # 1 o'clock on the 12th in Beijing
    assert read("昨日中午发生火灾。", reported_at=late) == beijing(2026, 3, 11, 11)


def test_the_words_are_shown() -> None:
    """The span holds the expression as it was written."""
    found = event_time(script_of(None, "通报：９日２０时许，居民楼起火。"), REPORTED_AT)
    assert found is not None
    assert (found.span.words, found.span.start) == ("９日２０时许", 3)
    assert REPORTED_AT - found.moment == timedelta(days=2, hours=19, minutes=30)
