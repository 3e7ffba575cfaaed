"""What is denied is not counted, and a report that only denies does not affirm."""

from datetime import UTC, datetime

import pytest

from models.identifiers import AreaCode, ReportId, SourceId
from models.messages.report import Report
from models.vocabulary import Channel, Claim, ReportKind
from tests.core_world import CoreWorld, place_of
from workflows.judgement.account import hear
from workflows.judgement.understanding.understand import understand

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
RUMOURS = [
    ("", "网传长江大桥垮塌致20人死亡，经核实为谣言，现场无人员伤亡，交通正常。"),
    ("", "有人称某商场发生火灾致5人死亡。经核实，该消息不实，无人员伤亡。"),
    ("网传某校5人死亡系谣言", "某校发生5人死亡的消息在群里流传，经公安机关调查，系谣言。"),
    ("", "接群众反映某厂爆炸，伤亡10余人，经现场核查并未发生此事。"),
    ("", "网传某小区30人中毒，街道辟谣。"),
    ("", "报警称桥上有人被撞身亡，民警到场后查实为虚假警情。"),
]
REAL = [
    "某居民楼起火，经核实，2人死亡3人受伤。",
    "经现场核查，滑坡造成1人死亡，未发生次生灾害。",
    "车辆追尾，经了解3人受伤，未发生爆炸。",
    "事故原因正在调查，通报称已致4人死亡。",
]


@pytest.mark.parametrize(("title", "text"), RUMOURS)
def test_denied_figures_are_nobodys(title: str, text: str) -> None:
    """Nobody is dead or hurt, and the words of the denial are shown."""
    found = understand(title, text, AT)
    assert found.denial is not None
    assert {one.fact: one.value for one in found.facts if one.value} == {}


@pytest.mark.parametrize("text", REAL)
def test_checking_alone_denies_nothing(text: str) -> None:
    """What was checked and found true, and what did not happen besides, is no denial."""
    found = understand("", text, AT)
    assert found.denial is None
    assert any(one.value for one in found.facts)


def test_what_is_told_after_a_denial_counts() -> None:
    """The rumour's figure goes, the true one stays."""
    found = understand("", "网传20人死亡为不实信息，经核实系谣言。实际造成3人受伤，均已送医。", AT)
    assert {one.fact: one.value for one in found.facts if one.value} == {"injured": 3}


def said(text: str, claim: Claim | None = None) -> Report:
    """A report in words; its claim only if its sender gives one."""
    report = Report(
        report_id=ReportId("r-1"),
        source_id=SourceId("media-1"),
        channel=Channel.MEDIA,
        kind=ReportKind.INITIAL,
        text=text,
        area_code=AreaCode("500108001"),
        reported_at=AT,
    )
    return report if claim is None else report.model_copy(update={"claim": claim})


def test_words_that_only_deny_are_a_denial_unless_the_sender_says_otherwise() -> None:
    """The field wins, as everywhere."""
    rumour, real = RUMOURS[0][1], REAL[0]
    place = place_of("500108001")
    assert hear(said(rumour), place).claim is Claim.DENY
    assert hear(said(rumour, Claim.AFFIRM), place).claim is Claim.AFFIRM
    assert hear(said(real), place).claim is Claim.AFFIRM


def test_a_denied_rumour_orders_nobody_out() -> None:
    """It is kept and shown, without level, evidence or command."""
    world = CoreWorld()
    world.now = AT
    world.report(said(RUMOURS[0][1]))
    world.deliver()
    [incident] = world.incidents.values()
    assert incident.commands == {}
    assert incident.facts.deaths is None
    assert incident.confidence_ratio == 0
