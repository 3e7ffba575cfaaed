"""What is tested is what runs: the locks agree, and pin every package with its hashes."""

import re
from collections.abc import Iterator

from tests.architecture.sources import ROOT

LOCKS = ("run", "supply", "test", "traces", "uv")


def pins(lock: str) -> set[str]:
    """The `name==version` lines of a lock, with their markers."""
    return set(re.findall(r"^(\S+==[^\\\n]+?) *\\?$", lock, re.MULTILINE))


def unhashed(lock: str) -> Iterator[str]:
    """The entries of a lock that are no exact version with at least one hash."""
    for entry in lock.replace("\\\n", " ").splitlines():
        if "==" not in entry or "--hash=sha256:" not in entry:
            yield entry


def _read(name: str) -> str:
    return (ROOT / "deploy/locks" / f"{name}.lock").read_text()


def test_the_tests_run_on_the_versions_that_run() -> None:
    """Every pin of run.lock stands in the two others, so an environment for the tests runs the same program."""
    assert pins(_read("run"))
    assert pins(_read("run")) - pins(_read("traces")) == set()
    assert pins(_read("traces")) - pins(_read("test")) == set()


def test_every_package_is_pinned_with_hashes() -> None:
    """No lock has an entry without an exact version and a hash, nor a header or an option."""
    assert {name: list(unhashed(_read(name))) for name in LOCKS} == {name: [] for name in LOCKS}


def test_a_loose_entry_is_seen() -> None:
    """A range, a version without a hash and an option line are each found; a hashed pin is not."""
    lock = "a==1 \\\n    --hash=sha256:0\nb>=1 \\\n    --hash=sha256:0\nc==1\n--pre\n"
    assert list(unhashed(lock)) == ["b>=1      --hash=sha256:0", "c==1", "--pre"]
    assert pins(lock) == {"a==1", "c==1"}
