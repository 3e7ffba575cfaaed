"""The wheel: built twice from the same tree, in two places, by the hatchling of the lock, it is the same bytes."""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from tests.architecture.sources import ROOT

# Any moment will do, as long as it is the same: a release takes that of its commit.
EPOCH = "1763769600"


def wheel(tree: Path, umask: int) -> Path:
    """What is built from a copy of the tree, by somebody with these habits."""
    names = ("pyproject.toml", "README.md", "models", "workflows", "streams")
    for name in names:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tree / name)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "PYTHONHASHSEED": str(umask)}
    command = [sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(command, cwd=tree, env=environment, umask=umask, check=True, capture_output=True)
    (made,) = (tree / "dist").glob("*.whl")
    return made


def test_two_wheels_of_one_tree_are_the_same(tmp_path: Path) -> None:
    """Neither the folder nor the hour, nor the builder's umask is in it: whoever doubts a wheel builds it again."""
    digests = []
    for name, umask in (("here", 0o022), ("elsewhere-and-deeper", 0o077)):
        tree = tmp_path / name
        tree.mkdir()
        digests.append(sha256(wheel(tree, umask).read_bytes()).hexdigest())
    assert digests[0] == digests[1]
