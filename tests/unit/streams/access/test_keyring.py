"""The file of signing keys: what is read of it, and that everything wrong with it is told at once."""

import base64
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.access import Role
from streams.access.keyring import (
    KeyringRefused,
    append_entry,
    entry_text,
    found_keyring,
    kept_keyring,
    read_keyring,
)
from streams.access.signing import Keyring
from tests.unit.streams.access.test_signing import SECRET

GOOD = f"""\
[[key]]
id = "desk-1"
secret = "{SECRET.hex()}"
area_code = "500108"
roles = ["duty_officer", "commander"]
"""

SPOILT = f"""\
version = 1
[[key]]
id = "a key"
secret = "{SECRET.hex()[:-2]}"
area_code = "999999"
roles = ["mayor"]

[[key]]
id = "desk"
secret = "?"
area_code = "500108"
roles = []
colour = "red"

[[key]]
id = "naive"
secret = 7
area_code = "500108"
not_after = 2026-01-01T00:00:00"""


def written(folder: Path, text: str) -> Path:
    path = folder / "keys.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    path = written(folder, text)
    with pytest.raises(KeyringRefused) as refused:
        read_keyring(path)
    return [problem.removeprefix(f"{path}, ") for problem in refused.value.problems]


def test_a_key_is_read_with_all_that_bounds_it(tmp_path: Path) -> None:
    """Id, secret, area, roles and the time in which it counts."""
    path = written(
        tmp_path, GOOD + "not_before = 2026-01-01T00:00:00+08:00\nnot_after = 2027-01-01T00:00:00Z\n"
    )
    (key,) = read_keyring(path).keys
    assert (key.key_id, key.secret, key.area_code) == ("desk-1", SECRET, "500108")
    assert key.roles == {Role.DUTY_OFFICER, Role.COMMANDER}
    assert key.not_before == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert key.not_after == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET.hex().upper(),
        base64.b64encode(SECRET).decode(),
        base64.urlsafe_b64encode(SECRET).decode().rstrip("="),
    ],
)
def test_a_secret_is_hex_or_base64(tmp_path: Path, spelled: str) -> None:
    """In either case of letters, in either alphabet, padded or not."""
    (key,) = read_keyring(written(tmp_path, GOOD.replace(SECRET.hex(), spelled))).keys
    assert key.secret == SECRET


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    """Whoever edits the file corrects it in one go; no problem tells a word of a secret."""
    told = problems(
        tmp_path,
        SPOILT,
    )
    assert [problem.rpartition(": ")[0] for problem in told[:4]] == [
        "line 1: version",
        "line 3: key 1, id",
        "line 4: key 1, secret",
        "line 5: key 1, area_code",
    ]
    assert [problem.split(": ")[:2] for problem in told[4:]] == [
        ["line 6", "key 1, roles.0"],
        ["line 10", "key 2, secret"],
        ["line 12", "key 2, roles"],
        ["line 13", "key 2, colour"],
        ["line 17", "key 3, secret"],
        ["line 15", "key 3, roles"],
        ["line 19", "key 3, not_after"],
    ]
    assert "has 31 bytes, 32 or more are needed" in told[2]
    assert "neither hex nor base64" in told[5]
    assert not any(SECRET.hex()[:8] in problem for problem in told)


def test_two_keys_cannot_be_one(tmp_path: Path) -> None:
    """The same id or the same secret twice is told at both; so is a key that ends before it begins."""
    times = "not_before = 2026-01-02T00:00:00Z\nnot_after = 2026-01-01T00:00:00Z\n"
    assert problems(tmp_path, GOOD + GOOD + times) == [
        "line 2: key 1, id: desk-1 stands there more than once",
        "line 3: key 1, secret: another key has the same, and with it both could speak for both",
        "line 7: key 2, id: desk-1 stands there more than once",
        "line 8: key 2, secret: another key has the same, and with it both could speak for both",
        "line 12: key 2, not_after: the key would end before it begins",
    ]


@pytest.mark.parametrize(
    "secret",
    [
        "00" * 32,
        "0123456789abcdef" * 4,
        bytes(range(32)).hex(),
        base64.b64encode(b"change-me-change-me-change-me-change-me").decode(),
    ],
)
def test_a_well_known_secret_is_refused(tmp_path: Path, secret: str) -> None:
    """What anybody would try first is no secret, in any profile."""
    (told,) = problems(tmp_path, GOOD.replace(SECRET.hex(), secret))
    assert told == "line 3: key 1, secret: anybody could guess it: take one that `fenghuo keys new` made"


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "line 1: key: the file needs at least one [[key]]"), ("[key]\n", "line 1: key: the file needs")],
)
def test_a_file_without_a_key_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """It would trust nobody, which nobody means."""
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(told)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """Missing, not UTF-8, not TOML: one problem with the path."""
    path = tmp_path / "keys.toml"
    for content in (None, b"\xff", b"[[key"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(KeyringRefused) as refused:
            read_keyring(path)
        assert [str(path) in problem for problem in refused.value.problems] == [True]


def test_an_embedded_program_makes_a_keyring_and_keeps_it(tmp_path: Path) -> None:
    """One key of the city for every role, for its owner alone; the next start finds the same one."""
    folder = tmp_path / "new"
    (made,) = kept_keyring(folder).keys
    assert (made.area_code, made.roles) == ("500000", frozenset(Role))
    assert kept_keyring(folder) == found_keyring(folder) == Keyring((made,))
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nobody_makes_a_keyring_by_looking_for_one(tmp_path: Path) -> None:
    """A simulator beside no engine signs nothing, and leaves nothing behind."""
    assert found_keyring(tmp_path) == Keyring()
    assert list(tmp_path.iterdir()) == []


def test_new_entries_are_good_ones(tmp_path: Path) -> None:
    """What is appended reads back, in its order, and no two secrets are the same."""
    path = tmp_path / "keys.toml"
    for number in (1, 2):
        append_entry(path, entry_text(f"k-{number}", "500108", [Role.UNIT]))
    first, second = read_keyring(path).keys
    assert (first.key_id, second.key_id, first.roles) == ("k-1", "k-2", frozenset({Role.UNIT}))
    assert first.secret != second.secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
