"""Reading a rulebook: whatever is wrong with it is told at once, with key, line, what stands there and what should."""

import pytest

from workflows.rulebook_file import Problem, RulebookInvalid, default_rulebook_text, parse_rulebook
from workflows.rulebook_layout import RulebookFile


def altered(*changes: tuple[str, str]) -> str:
    """The shipped text with the first place of each `old` made `new`."""
    text = default_rulebook_text().decode()
    for old, new in changes:
        assert old in text, f"the shipped rulebook no longer says {old!r}"
        text = text.replace(old, new, 1)
    return text


def problems(text: str | bytes) -> tuple[Problem, ...]:
    """What parsing this text complains about; () when it does not."""
    try:
        parse_rulebook(text.encode() if isinstance(text, str) else text)
    except RulebookInvalid as invalid:
        return invalid.problems
    return ()


def line_of(text: str, fragment: str) -> int:
    """The line, from 1, of the first place of a fragment."""
    return text[: text.index(fragment)].count("\n") + 1


ONE_SLIP = {
    "a figure out of range": (
        "half_life_seconds = 3600",
        "half_life_seconds = 0",
        "heat.half_life_seconds",
        "1",
    ),
    "a word for a figure": ("epoch = 1 ", 'epoch = "1" ', "heat.epoch", "integer"),
    "a truth for a figure": ("epoch = 1 ", "epoch = true ", "heat.epoch", "integer"),
    "not a number at all": (
        "threshold_ratio = 0.9",
        "threshold_ratio = nan",
        "verification.threshold_ratio",
        "finite",
    ),
    "a date for a name": ('name = "Fenghuo default rulebook"', "name = 2026-11-01", "name", "string"),
    "an unknown key": ("ranked = 20", "ranked = 20 # x\nrankd = 20", "heat.rankd", "no such key"),
    "an unknown table": ("[fusion]", "[fusions]\n[fusion]", "fusions", "no such key"),
    "a digest of its own": ('version = "', 'digest = "sha256:0"\nversion = "', "digest", "no such key"),
    "an unknown level": (
        'severe_levels = ["I", "II"]',
        'severe_levels = ["I", "V"]',
        "severe_levels[1]",
        "'III'",
    ),
    "an unknown unit": ('unit = "police"', 'unit = "army"', "tasks.police_turn_out.unit", "'supports'"),
    "an unknown category": ('"accident.fire"', '"accident.fires"', "plans[1].applies_to", "'accident.fire'"),
    "a pack outside the folder": (
        '"grading/fire.toml"',
        '"../fire.toml"',
        "grading.packs[2]",
        "String should match pattern",
    ),
    "a pack that is not there": (
        '"grading/fire.toml"',
        '"grading/blaze.toml"',
        "grading.packs[2]",
        "a file that stands beside this one",
    ),
    "a pack twice": (
        '  "grading/fire.toml"',
        '  "grading/fire.toml",\n  "grading/fire.toml"',
        "grading.packs[3]",
        "each pack once",
    ),
    "a switch without a pack": (
        "switched_on = []",
        'switched_on = ["fire"]',
        "grading.switched_on[0]",
        "the id of a pack that is off by default",
    ),
    "a switch twice": (
        "switched_on = []",
        'switched_on = ["mass_incident", "mass_incident"]',
        "grading.switched_on[1]",
        "each pack once",
    ),
    "a kind of sensitive without a number": (
        "{ time = 1, ",
        "{ ",
        "sensitive.raises_by",
        "also time",
    ),
    "more levels than there are": (
        "{ time = 1, ",
        "{ time = 4, ",
        "sensitive.raises_by.time",
        "less than or equal to 3",
    ),
    "a step without a clock": (
        "[step_within_seconds.assign]",
        "[step_within_seconds.grade]",
        "step_within_seconds",
        "also assign",
    ),
    "a clock without a tier": (
        "{ township = 300, district",
        "{ district",
        "step_within_seconds.assign.IV.township",
        "key",
    ),
    "a level without an owner": ('IV = "township"', "", "owner_of_level", "also IV"),
    "a level without a colour": ('II = "orange"', "", "colour_of_level", "also II"),
    "a level without a limit": ("IV = 21600 ", "# ", "direct_report_within_seconds", "also IV"),
    "a level without weight": ("III = 2.0, ", "", "heat.level_weights", "also III"),
    "a component without weight": ("closure = 10.0", "", "rating.weights", "also closure"),
    "a component that is not measured": (
        "closure = 10.0",
        "closure = 10.0\nzeal = 1.0",
        "rating.weights",
        "no zeal",
    ),
    "a low owner of a bad level": (
        'II = "city"',
        'II = "township"',
        "owner_of_level.II",
        "tier than that of level III",
    ),
    "one colour twice": ('II = "orange"', 'II = "red"', "colour_of_level.II", "no other level"),
    "more time when worse": (
        "I = 900 ",
        "I = 901 ",
        "direct_report_within_seconds.I",
        "no more than the 900",
    ),
    "severe, but not the worst": (
        'severe_levels = ["I", "II"]',
        'severe_levels = ["II"]',
        "severe_levels",
        "worst",
    ),
    "severe and closed by rule": (
        'closes_by_rule = ["IV"]',
        'closes_by_rule = ["II"]',
        "closes_by_rule[0]",
        "officer",
    ),
    "released by rule twice": (
        'releases_by_rule = ["IV"]',
        'releases_by_rule = ["IV", "IV"]',
        "releases_by_rule[1]",
        "once",
    ),
    "trust at the threshold": (
        "trust_ratio = 0.85 ",
        "trust_ratio = 0.9 ",
        "channels.department.trust_ratio",
        "less than threshold_ratio 0.9",
    ),
    "a cap below the trust": (
        "cap_ratio = 0.85",
        "cap_ratio = 0.69",
        "channels.grid.cap_ratio",
        "at least trust_ratio 0.7",
    ),
    "a blank nobody fills": ("{place}出现", "{where}出现", "warning.description_zh", "{place}"),
    "a blank not closed": ("{place}出现", "{place出现", "warning.description_zh", "{place}"),
    "a check after the window": (
        "check_after_seconds = 5 ",
        "check_after_seconds = 10800 ",
        "fusion.point_reach.window_seconds",
        "more than check_after_seconds",
    ),
    "an officer asked about what is certain": (
        "ask_at_least = 0.15 ",
        "ask_at_least = 0.9 ",
        "fusion.ask_at_least",
        "no more than same_at_least",
    ),
    "a merge more lightly than a joining": (
        "merge_at_least = 0.9 ",
        "merge_at_least = 0.5 ",
        "fusion.merge_at_least",
        "no less than same_at_least",
    ),
    "a wide reach that is narrow": (
        "apart_metres = 60000 ",
        "apart_metres = 3900 ",
        "fusion.wide_reach.apart_metres",
        "no less than in point_reach",
    ),
    "a worse level that weighs less": (
        "{ I = 8.0",
        "{ I = 3.0",
        "heat.level_weights.I",
        "no less than the 4",
    ),
    "a repeat that counts as new": (
        "repeat_source_weight = 0.25",
        "repeat_source_weight = 0.5",
        "heat.repeat_source_weight",
        "the least of which is 0.5",
    ),
    "bands that do not fall": ("blue = 80.0", "blue = 90.0", "rating.bands.blue", "between 0 and 90"),
    "a band nobody reaches": ("green = 90.0", "green = 100.0", "rating.bands.green", "between 0 and 100"),
    "signing that cannot be in time": (
        "I = { township = 900, ",
        "I = { township = 599, ",
        "step_within_seconds.respond.I.township",
        "at least 600",
    ),
    "done before it is signed": (
        "complete_within_seconds = 7200",
        "complete_within_seconds = 300",
        "tasks.police_turn_out.complete_within_seconds",
        "more than acknowledge_within_seconds",
    ),
    "the leader as a supporter": (
        'unit = "lead"\ntier = "township"\nrole = "lead"',
        'unit = "lead"\ntier = "township"\nrole = "support"',
        "tasks.lead_handling.role",
        "lead, since unit is lead",
    ),
    "a township at the district": (
        'unit = "township"\ntier = "township"',
        'unit = "township"\ntier = "district"',
        "tasks.township_first_response.tier",
        "where township has a unit",
    ),
    "a task that does not exist": (
        '  "hazard_guard"',
        '  "hazard_gard"',
        "plans[10].tasks[0]",
        "the id of a task",
    ),
    "a task twice": (
        '  "police_turn_out",\n',
        '  "medical_turn_out",\n',
        "plans[0].tasks[2]",
        "each task once",
    ),
    "a task of no plan": ('  "dialogue",\n', "", "tasks.dialogue", "some plan names"),
    "a plan's id twice": (
        'plan_id = "fire"',
        'plan_id = "road_traffic"',
        "plans[1].plan_id",
        "no other plan",
    ),
    "two plans for one thing": (
        'applies_to = "society"',
        'applies_to = "accident"',
        "plans[8].applies_to",
        "no second plan of nature emergency",
    ),
    "a nature without a plan": (
        '"any"\nnature = "hazard"',
        '"nature"\nnature = "hazard"',
        "plans",
        "nature hazard",
    ),
    "a plan without tasks": (
        'tasks = [\n  "police',
        'tasks = []\nunused = [\n  "police',
        "plans[0].unused",
        "no such key",
    ),
}


@pytest.mark.parametrize("slip", ONE_SLIP)
def test_a_slip_is_told_with_its_key(slip: str) -> None:
    """Each law of a rulebook, broken once, is told with the key that breaks it and what was expected there."""
    old, new, key, expected = ONE_SLIP[slip]
    found = {problem.key: problem.expected for problem in problems(altered((old, new)))}
    assert expected in found.get(key, f"nothing wrong with {key}, but {found}")


def test_the_line_is_that_of_the_slip() -> None:
    """A row of a table, an element of an array and a figure in a table in a row are found where they stand."""
    row = altered(("[channels.110]\n", "[channels.110]\nloudness = 1\n"))
    element = altered(('  "hazard_guard"', '  "hazard_gard"'))
    figure = altered(("III = { township = 300", "III = { township = 0"))
    lines = [(row, "loudness"), (element, '"hazard_gard"'), (figure, "township = 0")]
    assert [[p.line for p in problems(text)] for text, _ in lines] == [[line_of(t, f)] for t, f in lines]


def test_a_missing_key_has_the_line_of_its_table() -> None:
    """What is not there is looked for where it should be."""
    text = altered(("ranked = 20", "# ranked = 20"))
    assert problems(text) == (Problem("heat.ranked", line_of(text, "[heat]"), "nothing", "this key"),)


def test_a_problem_reads_as_a_sentence() -> None:
    """Line, key, what stands there and what was expected: enough to put it right without opening the code."""
    text = altered(("half_life_seconds = 3600", "half_life_seconds = -1"))
    line = line_of(text, "half_life_seconds")
    with pytest.raises(RulebookInvalid) as invalid:
        parse_rulebook(text.encode())
    told = f"line {line}: heat.half_life_seconds: found -1, expected greater than or equal to 1"
    assert str(invalid.value) == told


def test_all_problems_are_told_at_once() -> None:
    """A figure out of range, a row that breaks a law and one that breaks the layout hide nothing from each other."""
    text = altered(
        ("cap_ratio = 0.85", "cap_ratio = 0.1"),  # a law between two figures of a row
        (
            "[channels.110]\ntrust_ratio = 0.75",
            '[channels.110]\ntrust_ratio = "high"',
        ),  # same table, not a number
        ("when = { deaths = 3 }", "when = { deaths = 11 }"),  # a law between two lines of a pack
        ("when = { serious = 50 }", "when = { wounded = 50 }"),  # same pack, no such fact
        ('tier = "township"', 'tier = "village"'),  # a task
        ('  "police_turn_out",', '  "police_turn_in",'),  # a plan that names no task
        ("half_life_seconds = 3600", "half_life_seconds = 0"),
        ("blue = 80.0", "blue = 95.0"),
    )
    assert [problem.key for problem in problems(text)] == [
        "channels.grid.cap_ratio",
        "channels.110.trust_ratio",
        "heat.half_life_seconds",
        "rating.bands.blue",
        "tasks.police_turn_out.tier",
        "plans[0].tasks[0]",
        "lines.deaths-II.when.deaths",
        "lines.serious-II.when.wounded",
    ]


def test_an_empty_file_lacks_every_table() -> None:
    """Nothing at all is a list of what is needed, not a crash."""
    keys = {problem.key for problem in problems(b"")}
    assert keys == set(RulebookFile.model_fields)


@pytest.mark.parametrize("table", ["grading", "tasks", "plans", "channels", "heat", "step_within_seconds"])
@pytest.mark.parametrize(
    "instead", ["3", '"all"', "[1]", "[[]]", "{ x = 1 }", "{ x = {} }", "[{}]", "2026-11-01", "nan"]
)
def test_a_table_of_the_wrong_kind_is_a_problem(table: str, instead: str) -> None:
    """Whatever stands in place of a table, the answer is a problem that names it."""
    told = problems(f"{table} = {instead}\n")
    assert [problem for problem in told if problem.key.startswith(table) and problem.line == 1]


def test_what_is_no_toml_has_one_problem_with_its_line() -> None:
    """A text that cannot be read further than to some line is told with that line."""
    text = altered(("ranked = 20", "ranked = twenty"))
    assert [(p.line, p.expected) for p in problems(text)] == [(line_of(text, "twenty"), "TOML")]
    doubled = altered(("ranked = 20", "ranked = 20\nranked = 20"))
    assert [(p.line, p.expected) for p in problems(doubled)] == [(line_of(doubled, "ranked") + 1, "TOML")]
    unclosed = 'name = "a"\nplans = ['
    assert [(p.line, p.expected) for p in problems(unclosed)] == [(2, "TOML")]


def test_what_is_no_text_has_one_problem_with_its_line() -> None:
    """A byte that is not UTF-8 is told with its line and value."""
    assert problems(b"name = 'a'\nversion = '\xff'\n") == (Problem("", 2, "byte 0xff", "UTF-8"),)


BOUNDS = [
    ("half_life_seconds = 3600", "half_life_seconds = {}", 1, 0),
    ("half_life_seconds = 3600", "half_life_seconds = {}", 366 * 86_400, 366 * 86_400 + 1),
    ("ranked = 20", "ranked = {}", 20, 21),
    ("candidates_compared = 16", "candidates_compared = {}", 100, 101),
    ("reporters_remembered = 64", "reporters_remembered = {}", 2, 1),
    ("minimum_sample = 5", "minimum_sample = {}", 1, 0),
    ("threshold_ratio = 0.9", "threshold_ratio = {}", 1.0, 1.01),
    ("closure = 10.0", "closure = {}", 0.01, 0),
    ("cap_ratio = 0.85", "cap_ratio = {}", 0.7, 0.69),
    ("threshold_ratio = 0.9", "threshold_ratio = {}", 0.86, 0.85),
    ("when = { deaths = 10 }", "when = {{ deaths = {} }}", 4, 3),
    ("when = { deaths = 10 }", "when = {{ deaths = {} }}", 29, 30),
    ("orange = 60.0", "orange = {}", 69.9, 70),
    ("green = 90.0", "green = {}", 99.9, 100),
    ("check_after_seconds = 5 ", "check_after_seconds = {} ", 10_799, 10_800),
    ("complete_within_seconds = 7200", "complete_within_seconds = {}", 301, 300),
]


@pytest.mark.parametrize(("old", "new", "inside", "outside"), BOUNDS)
def test_a_bound_is_where_it_is_said_to_be(old: str, new: str, inside: float, outside: float) -> None:
    """The last figure inside is accepted and the first outside is not."""
    assert problems(altered((old, new.format(inside)))) == ()
    assert len(problems(altered((old, new.format(outside))))) == 1
