"""`fenghuo rulebook` with packs beside the file: found, told with their own path and line, activated as one."""

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Fenghuo
from workflows.rulebook_bundle import files_of
from workflows.rulebook_file import default_rulebook, default_rulebook_text


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A city's copy of the shipped rulebook: its main file, with the packs beside it."""
    files = files_of(default_rulebook_text())
    main = tmp_path / "city.toml"
    main.write_bytes(files.main)
    for name, text in files.packs:
        pack = tmp_path / name
        pack.parent.mkdir(exist_ok=True)
        pack.write_bytes(text)
    return main


def edit(file: Path, old: bytes, new: bytes) -> None:
    """Change the first place of something in a file."""
    text = file.read_bytes()
    assert old in text
    file.write_bytes(text.replace(old, new, 1))


def test_a_copy_with_its_packs_is_the_shipped_rulebook(fenghuo: Fenghuo, city: Path) -> None:
    """File and folder, unchanged, are the same bytes under the same digest."""
    said = fenghuo("rulebook", "check", str(city))
    assert said.code == 0
    assert default_rulebook().digest in said.answer


def test_every_problem_of_every_file_is_told_with_its_path_and_line(fenghuo: Fenghuo, city: Path) -> None:
    """A slip in the main file and one in each of two packs are three lines, and nothing is activated."""
    fire, food = city.parent / "grading" / "fire.toml", city.parent / "grading" / "food_safety.toml"
    edit(city, b"half_life_seconds = 3600", b"half_life_seconds = 0")
    edit(fire, b"deaths = 30", b"deaths = -30")
    edit(food, b'level = "III"', b'level = "V"')
    for command in ("check", "activate"):
        said = fenghuo("rulebook", command, str(city))
        told = said.answer.splitlines()
        assert said.code == 1
        assert [line.split(": line ")[0] for line in told] == [str(city), str(fire), str(food)]
        assert "lines.deaths-I.when.deaths: found -30, expected greater than 0" in told[1]
    assert default_rulebook().digest in fenghuo("rulebook", "show").answer


def test_a_pack_that_is_missing_is_told_where_it_is_named(fenghuo: Fenghuo, city: Path) -> None:
    """The main file names it, so there it is put right."""
    (city.parent / "grading" / "fire.toml").unlink()
    said = fenghuo("rulebook", "check", str(city))
    assert said.code == 1
    assert f"{city}: line " in said.answer
    assert (
        "grading.packs[2]: found 'grading/fire.toml', expected a file that stands beside this one"
        in said.answer
    )


def test_a_changed_pack_is_in_force_as_one_text_with_the_rest(
    fenghuo: Fenghuo, city: Path, tmp_path: Path
) -> None:
    """What is activated can be written out as one file, which is the same rulebook to the digit."""
    edit(city.parent / "grading" / "fire.toml", b"# Fires", b"# Our fires")
    assert "in force from 2" in fenghuo("rulebook", "activate", str(city)).answer
    whole = tmp_path / "whole.toml"
    whole.write_text(fenghuo("rulebook", "show", "--text", "--announced").answer)
    assert b"# === grading/fire.toml ===\n# Our fires" in whole.read_bytes()
    assert "in force already" in fenghuo("rulebook", "activate", str(whole)).answer


def test_a_bundle_s_problems_name_the_pack(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """In one file, the pack's name and the line inside it tell where to look."""
    whole = tmp_path / "whole.toml"
    whole.write_bytes(default_rulebook_text())
    edit(whole, b"{ affected = 5_000 }", b"{ affected = 0 }")
    said = fenghuo("rulebook", "check", str(whole))
    assert said.code == 1
    assert f"{whole}: grading/mass_incident.toml: line " in said.answer
