"""Rulebook file: TOML in, `Rulebook` out, or every problem of every file at once with its line.

For: reading a rulebook's bundle, and the rulebook that is shipped. Must never enter: figures (`rulebooks/`) and which
rulebook is in force (streams keep that). What is read from disk here is part of the program, like its code.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.resources import files

from pydantic import ValidationError

from workflows.rulebook import ChannelTrust, Rulebook
from workflows.rulebook_bundle import Bundle, bundle_of, files_of
from workflows.rulebook_checks import Readable, findings
from workflows.rulebook_layout import GradingTable, PlanEntry, RulebookFile, TaskEntry, rulebook_of
from workflows.rulebook_pack_checks import (
    ReadablePack,
    fallback_findings,
    id_findings,
    pack_findings,
    switch_findings,
)
from workflows.rulebook_pack_layout import LineEntry, PackFile
from workflows.rulebook_problems import Finding, Problem, RulebookInvalid
from workflows.rulebook_reading import Reading, Shape, read, rows, rows_by_name

__all__ = [
    "Problem",
    "RulebookInvalid",
    "default_rulebook",
    "default_rulebook_text",
    "packs_named",
    "parse_rulebook",
]


def parse_rulebook(text: bytes) -> Rulebook:
    """The rulebook that this bundle writes down; its digest is that of the whole text.

    Raises RulebookInvalid with all problems that can be seen: show them and leave the rulebook in force as it is.
    A file that is no TOML at all has one problem, the first.
    """
    bundle = files_of(text)
    problems: list[Problem] = []
    main = _read("", bundle.main, RulebookFile, problems)
    packs = [_read(name, body, PackFile, problems) for name, body in bundle.packs]
    problems += _found(bundle, main, packs)
    whole = [pack.whole for pack in packs if pack is not None and pack.whole is not None]
    if problems or main is None or main.whole is None:
        raise RulebookInvalid(problems)
    by_name = dict(zip((name for name, _ in bundle.packs), whole, strict=True))
    named = [by_name[name] for name in main.whole.grading.packs]
    return rulebook_of(main.whole, named, f"sha256:{hashlib.sha256(text).hexdigest()}")


def packs_named(main: bytes) -> tuple[str, ...]:
    """The packs that a main file asks for beside it; () where that cannot be read, which parsing will then tell."""
    with suppress(UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError):
        table = tomllib.loads(main.decode()).get("grading")
        return tuple(dict.fromkeys(GradingTable.model_validate(table, strict=False).packs))
    return ()


def default_rulebook_text() -> bytes:
    """The bundle that is shipped: `rulebooks/fenghuo.toml` and the packs that it names."""
    shipped = files("workflows").joinpath("rulebooks")
    main = shipped.joinpath("fenghuo.toml").read_bytes()
    return bundle_of(main, {name: shipped.joinpath(name).read_bytes() for name in packs_named(main)})


@lru_cache(maxsize=1)
def default_rulebook() -> Rulebook:
    """The rulebook that is shipped. Raises RulebookInvalid only if the installation is damaged."""
    return parse_rulebook(default_rulebook_text())


def _read(name: str, text: bytes, shape: type[Shape], problems: list[Problem]) -> Reading[Shape] | None:
    try:
        return read(name, text, shape)
    except RulebookInvalid as invalid:
        problems += invalid.problems
        return None


def _found(
    bundle: Bundle, main: Reading[RulebookFile] | None, packs: Sequence[Reading[PackFile] | None]
) -> Iterator[Problem]:
    readings = [pack for pack in packs if pack is not None]
    readable = [_readable_pack(pack) for pack in readings]
    of_ids = list(id_findings(readable))
    for position, (reading, pack) in enumerate(zip(readings, readable, strict=True)):
        same_id = (finding for at, finding in of_ids if at == position)
        yield from reading.problems([*pack_findings(pack), *same_id])
    if main is not None:
        are_whole = all(pack is not None and pack.whole is not None for pack in packs)
        between = _between(bundle, main, readable if are_whole else None)
        yield from main.problems([*findings(_readable(main)), *between])
        yield from _unnamed(bundle, main)


def _between(
    bundle: Bundle, main: Reading[RulebookFile], packs: Sequence[ReadablePack] | None
) -> Iterator[Finding]:
    if "grading" not in main.tables:
        return
    grading = main.accepted.grading
    beside = [name for name, _ in bundle.packs]
    for index, name in enumerate(grading.packs):
        if name not in beside:
            yield Finding(("grading", "packs", index), "a file that stands beside this one")
        if name in grading.packs[:index]:
            yield Finding(("grading", "packs", index), "each pack once")
    if packs is not None and set(grading.packs) == set(beside):
        yield from switch_findings(grading.switched_on, packs)
        yield from fallback_findings(packs)


def _unnamed(bundle: Bundle, main: Reading[RulebookFile]) -> Iterator[Problem]:
    """Packs of the bundle that would count for nothing, and such as are there twice."""
    grading: GradingTable | None = main.accepted.grading if "grading" in main.tables else None
    names = [name for name, _ in bundle.packs]
    for index, name in enumerate(names):
        if grading is not None and name not in grading.packs:
            yield Problem("", 1, "a pack of this name", "one that [grading] packs names", name)
        if name in names[:index]:
            yield Problem("", 1, "a second pack of this name", "each pack once", name)


def _readable_pack(reading: Reading[PackFile]) -> ReadablePack:
    lines = rows_by_name(reading.data.get("lines"), LineEntry)
    return ReadablePack(file=reading.accepted, tables=reading.tables, lines=lines)


def _readable(reading: Reading[RulebookFile]) -> Readable:
    """The tables and rows that the layout accepts, so that a slip in one hides nothing in the others."""
    data = reading.data
    plans: Mapping[str | int, PlanEntry] = dict(rows(data.get("plans"), PlanEntry))
    tasks_are_a_table = ("tasks",) not in {finding.path for finding in reading.refused}
    return Readable(
        file=reading.accepted,
        tables=reading.tables,
        channels=rows_by_name(data.get("channels"), ChannelTrust),
        tasks=rows_by_name(data.get("tasks"), TaskEntry),
        plans={key: row for key, row in plans.items() if isinstance(key, int)},
        task_ids=frozenset(data["tasks"]) if tasks_are_a_table else None,
    )
