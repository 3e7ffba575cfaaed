"""Another shell finds the running program, and a restart keeps its token."""

import os
import stat
from pathlib import Path

from streams.program import running
from streams.program.running import Running

HERE = Running(os.getpid(), "http://127.0.0.1:8600", "127.0.0.1:9092")
NOBODY = 2**22 + 1  # above the largest process id of Linux


def test_a_running_program_is_found(tmp_path: Path) -> None:
    """Written and found while its process lives; afterwards, and after a word of farewell, nobody is there."""
    assert running.find(tmp_path) is None
    running.write(tmp_path, HERE)
    assert running.find(tmp_path) == HERE
    running.write(tmp_path, Running(NOBODY, "", ""))
    assert running.find(tmp_path) is None
    running.write(tmp_path, HERE)
    running.forget(tmp_path)
    assert running.find(tmp_path) is None


def test_a_damaged_file_is_nobody(tmp_path: Path) -> None:
    """Half a file, or one of another version, is taken for no program."""
    running.write(tmp_path, HERE)
    for content in (b"{", b"{}", b'{"process_id": 1, "other": 2}'):
        (tmp_path / "running.json").write_bytes(content)
        assert running.find(tmp_path) is None


def test_the_token_is_kept_and_private(tmp_path: Path) -> None:
    """Made once per folder, long enough to be a secret, readable by its owner alone."""
    folder = tmp_path / "new"
    token = running.kept_token(folder)
    assert running.kept_token(folder) == token
    assert len(token) >= 32
    assert stat.S_IMODE((folder / "token").stat().st_mode) == 0o600
    assert running.kept_token(tmp_path / "other") != token
