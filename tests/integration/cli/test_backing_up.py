"""`fenghuo backup` and `fenghuo restore`: what they say, how they end, and that no secret goes along."""

import shutil
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Fenghuo


@pytest.fixture
def backup(fenghuo: Fenghuo, tmp_path: Path) -> Path:
    """A backup of the played database."""
    assert fenghuo("keys", "new", "k-1", "--area", "500000", "--role", "duty_officer", "--into",
                   str(tmp_path / "data" / "signing-keys.toml")).code == 0  # fmt: skip
    made = fenghuo("backup", str(tmp_path / "backup"))
    assert made.code == 0, made.remarks
    assert "manifest sha256 " in made.answer
    assert "signing keys are not in it: k-1" in made.remarks
    return tmp_path / "backup"


def test_it_comes_back_on_an_empty_machine(
    fenghuo: Fenghuo, backup: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restored, every log folds; what must come next is said: the keys, then reconcile, then check."""
    monkeypatch.setenv("FENGHUO_DATA_DIR", str(data_dir.parent / "new"))
    looked = fenghuo("restore", str(backup), "--dry-run")
    assert (looked.code, (data_dir.parent / "new" / "fenghuo.db").exists()) == (0, False)
    done = fenghuo("restore", str(backup))
    assert done.code == 0, done.remarks
    for told in ("bring the signing keys k-1 back", "`fenghuo reconcile --dry-run`", "`fenghuo check --all`"):
        assert told in done.remarks
    assert fenghuo("replay", "--all").code == 0


def test_a_database_with_something_in_it_stays(fenghuo: Fenghuo, backup: Path) -> None:
    """Exit 2 and the word that would do it; with that word it ends well."""
    refused = fenghuo("restore", str(backup))
    assert (refused.code, "--over" in refused.remarks) == (2, True)
    assert fenghuo("restore", str(backup), "--over").code == 0


def test_what_is_damaged_is_named(fenghuo: Fenghuo, backup: Path) -> None:
    """Exit 1, and the file."""
    with (backup / "database.sqlite").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"x")
    said = fenghuo("restore", str(backup), "--over")
    assert (said.code, said.answer) == (1, "database.sqlite is not as it was written\n")


def test_nothing_is_written_over(fenghuo: Fenghuo, backup: Path) -> None:
    """A folder with something in it takes no backup, and what is no backup is no restore."""
    assert fenghuo("backup", str(backup)).code == 2
    shutil.rmtree(backup)
    assert fenghuo("restore", str(backup)).code == 1


def test_no_secret_goes_along(backup: Path, data_dir: Path) -> None:
    """Neither the signing keys' file nor a part of it is in the backup, and nobody else may look into it."""
    secrets = [
        line.partition("=")[2].strip(' "').encode()
        for line in (data_dir / "signing-keys.toml").read_text().splitlines()
        if line.startswith("secret")
    ]
    assert secrets
    everything = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    assert [secret for secret in secrets if secret in everything] == []
    assert backup.stat().st_mode & 0o077 == 0
    assert not any(path.stat().st_mode & 0o077 for path in backup.rglob("*"))
