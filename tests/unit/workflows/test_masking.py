"""Masking by example: what becomes stars, and what stays readable beside it."""

import pytest

from models.messages.report import Contact
from tests.core_world import CoreWorld, make_report
from workflows.disclosure import masked_body, masked_reporter, masked_words
from workflows.masking import mask, mask_whole

HIDDEN = {
    "13812345678": "138****5678",
    "电话138 1234 5678。": "电话138 **** 5678。",
    "+86-138-1234-5678": "+86-138-****-5678",
    "１３８１２３４５６７８万州区": "１３８****５６７８万州区",
    "回拨幺三八一二三四五六七八": "回拨幺三八****五六七八",
    "023-67891234转8012": "023-********转**12",
    "(023)6789123": "(023)*****23",
    "座机67891234": "座机******34",
    "400-812-3456": "400-***-**56",
    "身份证500108199001011234": "身份证500*************34",
    "50010819900101123X": "500*************3X",
    "500108 19900101 1234": "500*** ******** **34",
    "6222 0212 3456 7890 123": "622* **** **** **** *23",
    "渝A12345逃逸": "渝A1**45逃逸",
    "渝AD12345起火": "渝AD***45起火",
    "报警人张三称有人被困": "报警人张*称有人被困",
    "联系人：欧阳明，在现场": "联系人：欧**，在现场",
    "姓名：阿依古丽·买买提 女": "姓名：阿***·*** 女",
    "联系人李晓明在G65高速": "联系人李**在G65高速",
    "司机刘强已送医": "司机刘*已送医",
    "13812345678120": "138*********20",
}
SHOWN = (
    "G65高速K12+300处3车相撞，S104省道中断",
    "2026年11月22日13时40分，2026-11-22 13:40",
    "20261122134000",
    "死亡3人，重伤12人，转移1500人，损失1234567890元，500万元",
    "500108001002",
    "报警人称现场2人死亡",
    "报警人在高速公路上，报警人于10时到场",
    "求助人黄先生",
    "死者3人，伤者五人，失踪者两人",
    "姓名：一名男子，身份不明",
    "拨打119、110、12345",
    "106.5512345,29.5630123",
)


@pytest.mark.parametrize(("text", "masked"), HIDDEN.items())
def test_what_names_or_reaches_a_person_is_hidden(text: str, masked: str) -> None:
    """Numbers to call, identity and card numbers, plates and names, whatever they are written with."""
    assert mask(text) == masked


@pytest.mark.parametrize("text", SHOWN)
def test_everything_else_stays(text: str) -> None:
    """Roads, times, casualties, amounts and codes are what the report is about."""
    assert mask(text) == text


def test_what_a_report_gives_in_its_fields_is_hidden_in_its_words() -> None:
    """A name that no pattern tells from other words is known from the report's own contact."""
    report = make_report().model_copy(update={"contact": Contact(name="石头", phone="6789 1234")})
    assert masked_words(report, "石头家着火，找石头，6789 1234") == "石*家着火，找石*，6********"


@pytest.mark.parametrize(
    ("key", "masked"),
    [
        ("119-1/13812345678", "119-1/138****5678"),
        ("grid-1/worker-7", "grid-1/w******7"),
        ("media-1/", "media-1/"),
    ],
)
def test_a_reporter_is_hidden_and_the_source_is_not(key: str, masked: str) -> None:
    """The source is an office or a system; who it was within it is a person."""
    assert masked_reporter(key) == masked


def test_a_name_alone_keeps_its_beginning() -> None:
    """So that two people can be told apart on a list."""
    assert [mask_whole(name) for name in ("张三", "王", "worker-7")] == ["张*", "王", "w******7"]


def test_two_reporters_whose_masks_are_alike_stay_two() -> None:
    """The number of voices is not personal, and is what evidence rests on."""
    body = {"reporters": {"119-1/13811115678": 1, "119-1/13822225678": 2}}
    assert masked_body(body) == {"reporters": {"119-1/138****5678": 1, "119-1/138****5678~1": 2}}


def test_codes_of_ours_are_left_alone() -> None:
    """An id, a digest or a moment is nobody's words, even where digits in it look like a number to call."""
    body = {
        "incident_id": "13812345678",
        "grid_code": "500108001002001",
        "of": ["0f83b1ce-13c4-5b0d-8d33-138123456789", "2026-11-22T13:40:00.138123Z"],
        "rulebook": "sha256:" + "138123456789" * 5,
    }
    assert masked_body(body) == body


def test_a_title_names_nobody_from_the_first_event_on() -> None:
    """It goes on every screen, into the ranking and into the log; cutting it short leaves no half of a number."""
    world = CoreWorld()
    text = "某" * 52 + "13812345678处起火"
    answer = world.report(make_report().model_copy(update={"title": None, "text": text}))
    assert answer.state is not None
    assert answer.state.title == "某" * 52 + "138****5"


def test_a_warning_s_number_is_not_taken_for_somebody_s() -> None:
    """The messages that an update names are identifiers of ours, though eleven of their digits could be a telephone."""
    warning = {"references": ["50015100010139_20261122161743_0"], "headline_zh": "联系13800123456"}
    assert masked_body(warning) == {
        "references": ["50015100010139_20261122161743_0"],
        "headline_zh": "联系138****3456",
    }
