"""What must hold inside a rule pack and between the packs of a rulebook, beyond what each key must be by itself.

For: one small check a law. Must never enter: figures, and how a problem is told. The laws are ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.areas import AreaKind, area_tree
from models.vocabulary import Nature
from workflows.rulebook_lines import Path
from workflows.rulebook_pack_layout import ExpertEntry, LineEntry, PackFile
from workflows.rulebook_problems import Finding


@dataclass(frozen=True, slots=True)
class ReadablePack:
    """What the layout accepts of a pack. `file` has only the tables named in `tables`; `lines` are by their key."""

    file: PackFile
    tables: frozenset[str]
    lines: Mapping[str, LineEntry]

    @property
    def pack_id(self) -> str | None:
        """Its id, if that can be read."""
        return self.file.id if "id" in self.tables else None


def pack_findings(pack: ReadablePack) -> Iterator[Finding]:
    """Everything that does not fit together inside one pack."""
    yield from _validity(pack)
    yield from _subjects(pack)
    yield from _areas(pack)
    for key, line in pack.lines.items():
        yield from _line_area(("lines", key, "where"), line, pack)
    yield from _sources("lines", pack.lines)
    if "expert" in pack.tables:
        yield from _sources("expert", pack.file.expert)
    yield from _ladders(pack.lines)
    if {"lines", "expert"} <= pack.tables and not pack.file.lines and not pack.file.expert:
        yield Finding(("lines",), "a line, here or under [expert]")


def _validity(pack: ReadablePack) -> Iterator[Finding]:
    if {"valid_from", "valid_to"} <= pack.tables:
        begins, ends = pack.file.valid_from, pack.file.valid_to
        if ends is not None and ends <= begins:
            yield Finding(("valid_to",), f"a day after {begins}: the first on which it no longer binds")


def _sources(table: str, entries: Mapping[str, LineEntry | ExpertEntry]) -> Iterator[Finding]:
    for key, entry in entries.items():
        if (entry.source is None) != (entry.source_zh is None):
            missing = "source" if entry.source is None else "source_zh"
            yield Finding(
                (table, key, missing), "both source and source_zh, or neither: then the pack's hold"
            )


def _subjects(pack: ReadablePack) -> Iterator[Finding]:
    if "applies_to" not in pack.tables:
        return
    if "any" in pack.file.applies_to and len(pack.file.applies_to) > 1:
        yield Finding(("applies_to",), '"any" alone, or no "any"')
    if "any" in pack.file.applies_to and pack.tables >= {"off_by_default"} and pack.file.off_by_default:
        yield Finding(("off_by_default",), "false: what is for anything must always be there")


def _areas(pack: ReadablePack) -> Iterator[Finding]:
    if "areas" not in pack.tables:
        return
    named = {line.where for line in pack.lines.values()}
    for key, codes in pack.file.areas.items():
        if key not in named and "lines" in pack.tables:
            yield Finding(("areas", key), "a list that some line names under where")
        for index, code in enumerate(codes):
            if code not in area_tree() or area_tree().area(code).kind is not AreaKind.DISTRICT:
                yield Finding(("areas", key, index), "the code of a district or county, retired or not")


def _line_area(path: Path, line: LineEntry, pack: ReadablePack) -> Iterator[Finding]:
    if line.where is not None and "areas" in pack.tables and line.where not in pack.file.areas:
        yield Finding(path, "the name of a list under [areas]")


def _ladders(lines: Mapping[str, LineEntry]) -> Iterator[Finding]:
    """Of lines over the same single total in the same areas, a worse level asks for more."""
    ladders: dict[tuple[str, str | None], list[tuple[str, LineEntry]]] = {}
    for key, line in lines.items():
        if len(line.when) == 1:
            ladders.setdefault((next(iter(line.when)), line.where), []).append((key, line))
    for (total, _), rungs in ladders.items():
        rungs.sort(key=lambda rung: rung[1].level.severity)
        for (_, milder), (key, worse) in pairwise(rungs):
            if milder.level is worse.level:
                yield Finding(("lines", key, "level"), f"one line of level {worse.level} for {total}")
            elif worse.when[total] <= milder.when[total]:
                expected = f"more than the {milder.when[total]:.15g} of level {milder.level}"
                yield Finding(("lines", key, "when", total), expected)


def id_findings(packs: Sequence[ReadablePack]) -> Iterator[tuple[int, Finding]]:
    """(position of the pack, what is wrong with it) for every id that an earlier pack has."""
    seen: set[str] = set()
    for position, pack in enumerate(packs):
        if pack.pack_id is not None and pack.pack_id in seen:
            yield position, Finding(("id",), "an id that no other pack has")
        seen |= {pack.pack_id} if pack.pack_id is not None else set()


def switch_findings(switched_on: Sequence[str], packs: Sequence[ReadablePack]) -> Iterator[Finding]:
    """Switches of the main file for packs that are not there or have none; only once all packs can be read."""
    switchable = {pack.file.id for pack in packs if pack.file.off_by_default}
    for index, pack_id in enumerate(switched_on):
        if pack_id not in switchable:
            yield Finding(("grading", "switched_on", index), "the id of a pack that is off by default")
        if pack_id in switched_on[:index]:
            yield Finding(("grading", "switched_on", index), "each pack once")


def fallback_findings(packs: Sequence[ReadablePack]) -> Iterator[Finding]:
    """Natures whose events nobody would grade; only once all packs can be read."""
    for nature in Nature:
        fallbacks = [p.file for p in packs if "any" in p.file.applies_to and nature in p.file.natures]
        if not any(file.valid_to is None and file.lines for file in fallbacks):
            yield Finding(
                ("grading", "packs"), f'a pack of nature {nature} with lines, applies_to = ["any"] and no end'
            )
