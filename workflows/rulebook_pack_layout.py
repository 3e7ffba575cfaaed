"""How a rule pack is laid out in its TOML file: friendlier to write than the `GradingPack` that the rules read.

For: the keys of the file and what each must be by itself. Must never enter: figures (`rulebooks/grading/*.toml`) and
what must hold between keys (`workflows.rulebook_pack_checks`). A line stands under its id and names its totals with
the number that each must reach, several meaning all of them; `"deaths+missing"` is the sum of two.
"""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from models.messages.fields import AreaCodeField, IdText, ShortText, Text, Value
from models.messages.report import FACT_NAMES, Facts
from models.vocabulary import Level, Nature
from workflows.rulebook_packs import Condition, ExpertLine, Figure, GradingLine, GradingPack, Subject

MEASURES = ("magnitude", "burnt_hectares", "direct_loss_yuan")
_COUNTS = tuple(name for name in Facts.model_fields if name not in MEASURES)


def _totals(text: str) -> str:
    names = text.split("+")
    if len(set(names)) < len(names) or not set(names) <= set(FACT_NAMES):
        raise ValueError(f"a total or a sum of totals such as deaths+missing: {', '.join(FACT_NAMES)}")
    if len(names) > 1 and not set(names) <= set(_COUNTS):
        raise ValueError(f"a sum of people: {', '.join(_COUNTS)}")
    return text


Totals = Annotated[str, AfterValidator(_totals)]
_When = dict[Totals, Annotated[Figure, Field(gt=0)]]


class LineEntry(Value):
    """One line as written; its id is its key, its source the pack's unless it names one of its own."""

    level: Level
    when: Annotated[_When, Field(min_length=1)]
    source: ShortText | None = None
    source_zh: ShortText | None = None
    where: IdText | None = None
    preliminary: bool = False


class ExpertEntry(Value):
    """One line that only an expert can decide, as written; with `when` it is asked only while that can still hold."""

    level: Level
    ask_zh: ShortText
    ask_en: ShortText
    source: ShortText | None = None
    source_zh: ShortText | None = None
    when: _When = {}


class PackFile(Value):
    """The whole file."""

    id: IdText
    name_zh: ShortText
    name_en: ShortText
    source: ShortText
    source_zh: ShortText
    note: Text = ""
    valid_from: date
    valid_to: date | None = None
    off_by_default: bool = False
    applies_to: Annotated[tuple[Subject, ...], Field(min_length=1)]
    natures: Annotated[tuple[Nature, ...], Field(min_length=1)]
    areas: dict[IdText, Annotated[tuple[AreaCodeField, ...], Field(min_length=1)]] = {}
    lines: dict[IdText, LineEntry] = {}
    expert: dict[IdText, ExpertEntry] = {}


def pack_of(file: PackFile, *, is_switched_on: bool) -> GradingPack:
    """The pack that a checked file writes down, in a rulebook that switches it on or does not."""
    return GradingPack(
        pack_id=file.id,
        name_zh=file.name_zh,
        name_en=file.name_en,
        source=file.source,
        source_zh=file.source_zh,
        note=file.note,
        valid_from=file.valid_from,
        valid_to=file.valid_to,
        applies_to=file.applies_to,
        natures=file.natures,
        is_on=is_switched_on or not file.off_by_default,
        areas=file.areas,
        lines=tuple(_line(key, entry, file) for key, entry in file.lines.items()),
        expert_lines=tuple(_expert_line(key, entry, file) for key, entry in file.expert.items()),
    )


def _line(key: str, entry: LineEntry, file: PackFile) -> GradingLine:
    return GradingLine(
        id=key,
        level=entry.level,
        conditions=_conditions(entry.when),
        source=entry.source or file.source,
        source_zh=entry.source_zh or file.source_zh,
        where=entry.where,
        preliminary=entry.preliminary,
    )


def _expert_line(key: str, entry: ExpertEntry, file: PackFile) -> ExpertLine:
    return ExpertLine(
        id=key,
        level=entry.level,
        ask_zh=entry.ask_zh,
        ask_en=entry.ask_en,
        source=entry.source or file.source,
        source_zh=entry.source_zh or file.source_zh,
        conditions=_conditions(entry.when),
    )


def _conditions(when: dict[str, Figure]) -> tuple[Condition, ...]:
    return tuple(Condition(facts=tuple(key.split("+")), at_least=least) for key, least in when.items())
