"""The officer's guide says what the screen says: its words, keys, figures and pictures are held to the program."""

import re
from collections.abc import Callable
from functools import cache

import pytest

from models.vocabulary import Level, Step
from streams.cockpit.pages import STATIC
from tests.architecture.sources import ROOT
from tests.guide.camera import MOST_BYTES, PICTURES
from tests.guide.scenes import SCENES
from workflows.rulebook_file import default_rulebook

GUIDE = (ROOT / "deploy" / "docs" / "zh" / "officers.md").read_text(encoding="utf-8")
RULES = default_rulebook()
_ANYTHING = ("某某", "…")  # where the guide leaves open what stands there


@cache
def words() -> frozenset[str]:
    """Every Chinese word of the pages; {0} where a value stands."""
    scripts = [STATIC / "lib" / "i18n.js", *sorted((STATIC / "lib").glob("*-words.js"))]
    pairs = [
        re.findall(r'^\s+(?:"[\w-]+"|\w+): \[\s*"([^"]+)",', one.read_text("utf-8"), re.MULTILINE)
        for one in scripts
    ]
    return frozenset(word for found in pairs for word in found)


def stands_on_the_screen(quoted: str) -> bool:
    """Whether a page says so: a word, or one with values that are figures, words themselves, or left open."""
    told = quoted.removeprefix("▲ ")
    return told in words() or any(
        all(_is_value(value) for value in found.groups())
        for pattern in words()
        if re.search(r"[\u4e00-\u9fff]", pattern)
        and "{" in pattern
        and (found := _pattern(pattern).fullmatch(told))
    )


@cache
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\d\\\}", "(.+?)", re.escape(word)))


def _is_value(told: str) -> bool:
    return told in _ANYTHING or _is_figure(told) or told in words() or any(map(_with_figures(told), words()))


def _is_figure(told: str) -> bool:
    return re.fullmatch(r"[\d:.]+", told) is not None


def _with_figures(told: str) -> Callable[[str], bool]:
    def is_it(word: str) -> bool:
        found = _pattern(word).fullmatch(told) if "{" in word else None
        return found is not None and all(map(_is_figure, found.groups()))

    return is_it


def test_what_it_quotes_stands_on_the_screen() -> None:
    """Every 「word」 is one of the pages', letter by letter."""
    quoted = re.findall(r"「([^」]+)」", GUIDE)
    assert len(quoted) > 150
    assert sorted({one for one in quoted if not stands_on_the_screen(one)}) == []


@pytest.mark.parametrize(
    "made_up", ["立即下达", "按住：随便", "剩 一会儿", "红色警报 0", "某某 请求复核：起飞"]
)
def test_words_that_no_page_has_are_seen(made_up: str) -> None:
    """A button that there is not, and one with a value that no page would put there."""
    assert not stands_on_the_screen(made_up)


def test_its_keys_are_the_screens() -> None:
    """The table of keys is the help of the screen, line by line."""
    script = (STATIC / "lib" / "i18n.js").read_text(encoding="utf-8")
    [told] = re.findall(r'"(/ 搜索[^"]+)"', script)
    assert re.findall(r"^\| `([^`]+)` \| ([^|]+) \|$", GUIDE, re.MULTILINE) == [
        tuple(line.split(" ", 1)) for line in told.split("\u3000")
    ]


def test_its_figures_are_the_rulebooks() -> None:
    """Limits, numbers of orders, minutes to take back and the bands of the five colours."""
    acknowledge, bands = RULES.escalation.acknowledge_within_seconds, RULES.rating.bands
    said = [
        f"最多等 {RULES.two_person.proposal_waits_seconds // 60} 分钟",
        f"等 {RULES.two_person.proposal_waits_seconds // 60} 分钟没人理",
        f"镇街、区县 {acknowledge.district // 60} 分钟，市级 {acknowledge.city // 60} 分钟",
        f"不足 {RULES.rating.minimum_sample} 件",
        f"近 {RULES.rating.window_seconds // 86_400} 天",
        *(
            f"| {name} | {' | '.join(_minutes(step, level) for level in Level)} |"
            for step, name in {Step.ASSIGN: "签收", Step.CONFIRM: "核定", Step.COMMAND: "下令"}.items()
        ),
        f"| 「绿」 | 「优」 | 「{bands.green:g}分及以上」",
        f"| 「蓝」 | 「良」 | 「{bands.blue:g}–{bands.green:g}分」",
        f"| 「黄」 | 「中」 | 「{bands.yellow:g}–{bands.blue:g}分」",
        f"| 「橙」 | 「及格」 | 「{bands.orange:g}–{bands.yellow:g}分」",
        f"| 「红」 | 「不及格」 | 「{bands.orange:g}分以下」",
    ]
    assert [one for one in said if one not in GUIDE] == []
    assert (RULES.two_person.orders_at_once, RULES.undo.within_seconds) == (10, 120)
    assert ("十条及以上" in GUIDE, "两分钟内" in GUIDE) == (True, True)


def _minutes(step: Step, level: Level) -> str:
    within = RULES.steps[step][level]
    own, city = within.township // 60, within.city // 60
    return f"{own}" + (f"（市级 {city}）" if city != own else "")


def test_its_pictures_are_there_small_and_made_by_command() -> None:
    """Each that it shows is kept, below 200 KB, and given by a scene; and none is kept or made for nothing."""
    shown = set(re.findall(r"!\[[^\]]+\]\(pictures/([a-z-]+)\.png\)", GUIDE))
    kept = {path.stem: path.stat().st_size for path in PICTURES.glob("*")}
    assert shown == set(kept) == {name for scene in SCENES.values() for name in scene.gives}
    assert max(kept.values()) < MOST_BYTES


def test_its_links_lead_somewhere() -> None:
    """Sections that it sends its reader to, and the files beside it."""
    heads = re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[：、，]", "", head) for head in heads}
    links = re.findall(r"\]\(#([^)]+)\)", GUIDE)
    assert links
    assert [one for one in links if one not in anchors] == []
    files = re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)\)", GUIDE)
    assert [one for one in files if not (ROOT / "deploy" / "docs" / "zh" / one).exists()] == []
