"""`fenghuo keys`: an entry that can be used, a list that tells no secret, and what is wrong with a file."""

import stat
import tomllib
from pathlib import Path

import pytest

from models.access import Role
from streams.access.keyring import read_keyring
from tests.integration.cli.conftest import Fenghuo

NEW = ("keys", "new", "desk-1", "--area", "500108", "--role", "duty_officer", "--role", "commander")


def test_a_new_key_is_printed_and_can_be_used(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """What stands on standard output is the entry and nothing else: into a file, and it is a keyring."""
    said = fenghuo(*NEW)
    assert said.code == 0
    file = tmp_path / "keys.toml"
    file.write_text(said.answer)
    (key,) = read_keyring(file).keys
    assert (key.key_id, key.area_code) == ("desk-1", "500108")
    assert key.roles == {Role.DUTY_OFFICER, Role.COMMANDER}
    assert fenghuo(*NEW).answer != said.answer


def test_a_key_goes_to_the_end_of_a_file(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """The file is made for its owner alone; the secret is not printed; the same id twice is refused."""
    file = tmp_path / "keys.toml"
    said = fenghuo(*NEW, "--into", str(file))
    [entry] = tomllib.loads(file.read_text())["key"]
    assert (said.code, entry["secret"] in said.answer + said.remarks) == (0, False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = fenghuo(*NEW, "--into", str(file))
    assert (again.code, "a new key has a new ID" in again.remarks) == (2, True)
    other = fenghuo("keys", "new", "desk-2", "--area", "500108", "--role", "unit", "--into", str(file))
    assert other.code == 0
    assert [key.key_id for key in read_keyring(file).keys] == ["desk-1", "desk-2"]


@pytest.mark.parametrize(
    ("changed", "told"), [(("desk 1", "500108"), "ID: "), (("desk-1", "999999"), "--area: ")]
)
def test_what_no_key_can_be_is_refused(fenghuo: Fenghuo, changed: tuple[str, str], told: str) -> None:
    """An id that no header could carry, an area that never was: nothing is printed."""
    key_id, area = changed
    said = fenghuo("keys", "new", key_id, "--area", area, "--role", "unit")
    assert (said.code, said.answer) == (2, "")
    assert said.remarks.startswith(told)


def test_the_list_tells_no_secret(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """Id, area, roles and times, in the order in which keys sign."""
    file = tmp_path / "keys.toml"
    fenghuo(*NEW, "--into", str(file))
    with file.open("a") as entry:
        entry.write("not_after = 2027-01-01T00:00:00Z\n")
    said = fenghuo("keys", "list", str(file))
    assert said.code == 0
    assert "desk-1" in said.answer
    assert "500108 重庆市南岸区" in said.answer
    assert "commander, duty_officer" in said.answer
    assert "2027-01-01T00:00+00:00" in said.answer
    assert tomllib.loads(file.read_text())["key"][0]["secret"] not in said.answer


def test_what_is_wrong_with_a_file_is_told(fenghuo: Fenghuo, data_dir: Path) -> None:
    """By `keys list` and by `config check`, with line and field, before anything starts with it."""
    file = data_dir / "signing-keys.toml"
    fenghuo(*NEW, "--into", str(file))
    assert fenghuo("config", "check").code == 0
    file.write_text(file.read_text().replace("500108", "999999"))
    for words, code in ((("keys", "list"), 1), (("config", "check"), 78)):
        said = fenghuo(*words)
        assert (said.code, "line 4: key 1, area_code: no area ever had the code 999999" in said.answer) == (
            code,
            True,
        )
