"""Rumours: words that say that what was told is not so (经核实为谣言), and what is left of the figures before them.

A denial follows what it denies: the figures before it are somebody's rumour, those after it (实际3人受伤) are meant.
Must never enter: whose word counts; that is for evidence, and a later officer, to say.
"""

import re
from collections.abc import Iterable
from typing import Final

from models.understanding import FactFound, Part, Span
from workflows.judgement.understanding.script import Script

_FALSE: Final = (
    r"(?:谣言|谣传|不实(?:信息|消息|传言|言论|报道|内容|警情)?|虚假(?:信息|消息|言论|警情|报警)"
    r"|假消息|假警|误传|误报|谎报)"
)
_CHECKED: Final = r"(?:核实|核查|查证|查实|排查|调查|证实|了解|通报)"
_DENIED: Final = re.compile(
    rf"{_CHECKED}[^。！？!?]{{0,12}}?(?:系|为|是|属|纯属)?{_FALSE}"
    rf"|(?:系|实为|纯属|均为|属于|属)(?:一起|一则|网络)?{_FALSE}"
    r"|(?:该|此|上述|网传|网上流传的?)[^，。！？!?]{0,6}(?:消息|信息|传言|说法|视频|内容|情况)"
    r"[^。！？!?]{0,6}(?:不实|虚假|并不属实|不属实)"
    rf"|{_CHECKED}[^。！？!?]{{0,16}}?(?:并未|并没有|没有|从未|未)发生(?:此事|该事|上述|此类|任何事[故件]|相关事[故件])"
    r"|(?:查无此事|并无此事|子虚乌有|辟谣)"
)


def denial(script: Script) -> Span | None:
    """The first words of text or title that say that what was told is not so."""
    for part in (Part.TEXT, Part.TITLE):
        if match := _DENIED.search(script.plain(part)):
            return script.span(part, match.start(), match.end())
    return None


def meant(facts: Iterable[FactFound], denied: Span | None) -> tuple[FactFound, ...]:
    """The facts that are not what was denied: those that stand after the denial, all when there is none."""
    if denied is None:
        return tuple(facts)
    return tuple(one for one in facts if _follows(one.spans[0], denied))


def _follows(span: Span, denied: Span) -> bool:
    """Of another part than the denial's only the text can follow: a title is read first."""
    if span.part is not denied.part:
        return span.part is Part.TEXT
    return span.start >= denied.end
