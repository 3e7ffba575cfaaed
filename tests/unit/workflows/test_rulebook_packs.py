"""Rule packs as files: each law of a pack is told with its file and line, and a bundle holds exactly its files."""

import pytest

from models.vocabulary import Nature
from workflows.rulebook_bundle import Bundle, bundle_of, files_of
from workflows.rulebook_file import (
    Problem,
    RulebookInvalid,
    default_rulebook,
    default_rulebook_text,
    packs_named,
    parse_rulebook,
)

FILES = files_of(default_rulebook_text())
PACKS = dict(FILES.packs)


def altered(name: str, *changes: tuple[str, str]) -> bytes:
    """The shipped bundle with the first place of each `old` in one of its packs made `new`."""
    text = PACKS[name].decode()
    for old, new in changes:
        assert old in text, f"{name} no longer says {old!r}"
        text = text.replace(old, new, 1)
    return bundle_of(FILES.main, {**PACKS, name: text.encode()})


def problems(text: bytes) -> tuple[Problem, ...]:
    """What parsing this bundle complains about; () when it does not."""
    try:
        parse_rulebook(text)
    except RulebookInvalid as invalid:
        return invalid.problems
    return ()


QUAKE, FIRE, FOOD = "grading/earthquake_2006.toml", "grading/fire.toml", "grading/food_safety.toml"
DENSE, FALLBACK = "grading/earthquake_2012.toml", "grading/fallback.toml"
PRODUCTION = "grading/production_safety.toml"
ONE_SLIP = {
    "a source of a line that Chinese readers cannot read": (
        PRODUCTION,
        'source = "2006-type grading standard, one city\'s copy"\nsource_zh = "分级标准（2006年型），一市公开文本"\n',
        'source = "2006-type grading standard, one city\'s copy"\n',
        "lines.endangered-I.source_zh",
        "both source and source_zh",
    ),
    "a pack without its source in Chinese": (
        PRODUCTION,
        'source_zh = "国务院令第493号第三条"\n',
        "",
        "source_zh",
        "",
    ),
    "an unknown total": (
        FIRE,
        "{ deaths = 30 }",
        "{ dead = 30 }",
        "lines.deaths-I.when.dead",
        "a total or a sum",
    ),
    "a total added to itself": (
        DENSE,
        '"deaths+missing" = 300',
        '"deaths+deaths" = 300',
        "lines.deaths-I.when.deaths+deaths",
        "a total or a sum",
    ),
    "people added to yuan": (
        DENSE,
        '"deaths+missing" = 300',
        '"deaths+direct_loss_yuan" = 300',
        "lines.deaths-I.when.deaths+direct_loss_yuan",
        "a sum of people",
    ),
    "a line at nothing": (
        FIRE,
        "{ deaths = 1 }",
        "{ deaths = 0 }",
        "lines.deaths-IV.when.deaths",
        "greater than 0",
    ),
    "a line without a number": (FIRE, "{ deaths = 1 }", "{ }", "lines.deaths-IV.when", "at least 1"),
    "an unknown level": (FIRE, 'level = "I"', 'level = "0"', "lines.deaths-I.level", "'IV'"),
    "lines that do not grow": (
        FIRE,
        "{ deaths = 10 }",
        "{ deaths = 3 }",
        "lines.deaths-II.when.deaths",
        "more than the 3 of level III",
    ),
    "a level twice": (
        FIRE,
        'deaths-II = { level = "II"',
        'deaths-II = { level = "III"',
        "lines.deaths-III.level",
        "one line of level III for deaths",
    ),
    "an end before the beginning": (
        QUAKE,
        'valid_to = "2012-08-28"',
        'valid_to = "2006-01-12"',
        "valid_to",
        "a day after 2006-01-12",
    ),
    "a day that is none": (QUAKE, '"2006-01-12"', '"2006-13-12"', "valid_from", "date"),
    "an unknown category": (FIRE, '"accident.fire"', '"accident.blaze"', "applies_to[0]", "'accident.fire'"),
    "anything and something": (FALLBACK, '["any"]', '["any", "nature"]', "applies_to", '"any" alone'),
    "a fallback that is off": (
        FALLBACK,
        "natures =",
        "off_by_default = true\nnatures =",
        "off_by_default",
        "must always be there",
    ),
    "a place without a list": (
        DENSE,
        'where = "dense"',
        'where = "crowded"',
        "lines.magnitude-dense-I.where",
        "a list under [areas]",
    ),
    "a list that no line names": (
        DENSE,
        "[areas]",
        '[areas]\nempty = ["500229"]',
        "areas.empty",
        "a list that some line names",
    ),
    "a township in a list": (DENSE, '"500101"', '"500101001"', "areas.dense[0]", "a district or county"),
    "a place that never was": (DENSE, '"500101"', '"599999"', "areas.dense[0]", "a district or county"),
    "a question without words": (FOOD, "ask_en", "asks_en", "expert.beyond-province-I.ask_en", "this key"),
    "an id of another pack": (FIRE, 'id = "fire"', 'id = "traffic"', "id", "no other pack"),
    "a pack that says nothing": (
        "grading/flood.toml",
        "[expert.",
        "[experts.",
        "experts",
        "no such key",
    ),
}


@pytest.mark.parametrize("slip", ONE_SLIP)
def test_a_slip_in_a_pack_is_told_with_its_file(slip: str) -> None:
    """Each law of a pack, broken once, is told with the pack, the key that breaks it and what was expected there."""
    name, old, new, key, expected = ONE_SLIP[slip]
    found = problems(altered(name, (old, new)))
    assert {problem.file for problem in found} == {name}
    told = {problem.key: problem.expected for problem in found}
    assert expected in told.get(key, f"nothing wrong with {key}, but {told}")


def test_the_line_is_counted_in_the_pack() -> None:
    """A problem of a pack has the line that an editor of that pack sees, and reads as a sentence."""
    text = altered(FIRE, ("{ deaths = 30 }", "{ deaths = -30 }"))
    line = 1 + PACKS[FIRE].decode().split("deaths-I =")[0].count("\n")
    assert [str(problem) for problem in problems(text)] == [
        f"{FIRE}: line {line}: lines.deaths-I.when.deaths: found -30, expected greater than 0"
    ]


def test_a_pack_without_a_line_is_refused() -> None:
    """A pack that neither grades nor asks is a slip of the pen."""
    heading = PACKS["grading/flood.toml"].split(b"[expert.")[0]
    found = problems(bundle_of(FILES.main, {**PACKS, "grading/flood.toml": heading}))
    assert [(problem.file, problem.key) for problem in found] == [("grading/flood.toml", "lines")]


@pytest.mark.parametrize("nature", list(Nature))
def test_without_a_fallback_the_rulebook_is_refused(nature: Nature) -> None:
    """Harm of no pack's kind would have no level: the main file is told which nature lacks one."""
    other = next(one for one in Nature if one is not nature)
    found = problems(altered(FALLBACK, ('["emergency", "hazard"]', f'["{other}"]')))
    assert [(problem.file, problem.key) for problem in found] == [("", "grading.packs")]
    assert f"a pack of nature {nature}" in found[0].expected


def test_problems_of_all_files_are_told_at_once() -> None:
    """The main file's and every pack's, even beside a pack that is no TOML; the main file's come first."""
    packs = {
        **PACKS,
        FIRE: PACKS[FIRE].replace(b"deaths = 30", b"deaths = thirty"),
        FOOD: PACKS[FOOD].replace(b"deaths = 10", b"deaths = 0"),
    }
    main = FILES.main.replace(b"half_life_seconds = 3600", b"half_life_seconds = 0")
    found = problems(bundle_of(main, packs))
    assert [(problem.file, problem.key) for problem in found] == [
        ("", "heat.half_life_seconds"),
        (FIRE, ""),
        (FOOD, "lines.deaths-II.when.deaths"),
    ]


def test_a_pack_that_nobody_names_is_told() -> None:
    """It would count for nothing, and whoever put it into the bundle thinks that it does."""
    found = problems(default_rulebook_text() + b"# === grading/ours.toml ===\n" + PACKS[FIRE])
    assert ("grading/ours.toml", "one that [grading] packs names") in {(p.file, p.expected) for p in found}


def test_a_pack_twice_is_told() -> None:
    """Which of the two would count is not to be guessed."""
    found = problems(default_rulebook_text() + f"# === {FIRE} ===\n".encode() + PACKS[FIRE])
    assert (FIRE, "", "each pack once") in {(p.file, p.key, p.expected) for p in found}


def test_a_bundle_holds_exactly_its_files() -> None:
    """What was put together comes apart again, byte for byte, in the order of the main file."""
    assert files_of(bundle_of(FILES.main, PACKS)) == Bundle(FILES.main, tuple(PACKS.items()))
    assert tuple(PACKS) == packs_named(FILES.main)
    assert len(PACKS) == len(default_rulebook().grading) == 15


def test_a_file_that_ends_without_a_line_end_gets_one() -> None:
    """A heading stands on a line of its own whatever came before it."""
    text = bundle_of(b"a = 1", {"x.toml": b"b = 2", "y/z.toml": b""})
    assert text == b"a = 1\n# === x.toml ===\nb = 2\n# === y/z.toml ===\n"
    assert files_of(text) == Bundle(b"a = 1\n", (("x.toml", b"b = 2\n"), ("y/z.toml", b"")))


def test_a_bundle_with_windows_line_ends_comes_apart() -> None:
    """An editor that ends lines otherwise hides no heading."""
    text = default_rulebook_text().replace(b"\n", b"\r\n")
    assert [name for name, _ in files_of(text).packs] == list(PACKS)


@pytest.mark.parametrize("main", [b"", b"\xff", b"grading = 3", b"[grading]\npacks = 'x'", b"[[["])
def test_a_main_file_that_names_no_pack_asks_for_none(main: bytes) -> None:
    """What cannot be read names nothing; parsing tells why."""
    assert packs_named(main) == ()


def test_a_changed_remark_in_a_pack_is_another_rulebook() -> None:
    """The digest covers every byte of every pack."""
    other = parse_rulebook(altered(FIRE, ("# Fires", "# Fire")))
    assert other.digest != default_rulebook().digest
    assert other.grading == default_rulebook().grading


def test_a_pack_that_is_off_by_default_is_on_when_named() -> None:
    """Only the rulebook's own switch makes it count."""
    switched = parse_rulebook(
        default_rulebook_text().replace(b"switched_on = []", b'switched_on = ["mass_incident"]', 1)
    )
    assert [pack.pack_id for pack in default_rulebook().grading if not pack.is_on] == ["mass_incident"]
    assert [pack.pack_id for pack in switched.grading if not pack.is_on] == []
