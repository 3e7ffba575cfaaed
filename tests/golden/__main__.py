"""`python -m tests.golden`: write the golden logs of this version of the contract, once."""

import itertools
import sys
from collections.abc import Iterator

from models.messages.versions import SCHEMA_VERSION
from tests.golden.scenes import scenes
from tests.golden.walks import HERE, LOGS, Golden, walk, write

FOLDER = HERE / f"v{SCHEMA_VERSION}"


def main() -> None:
    """Write what this version has not yet; what it has was released."""
    walked = itertools.islice((one for seed in itertools.count() for one in walk(seed)), LOGS)
    written = [_written(name, logs) for name, logs in (("logs", walked), ("scenes", scenes()))]
    if not any(written):
        sys.exit(f"{FOLDER} has both; what was released is never written anew")


def _written(name: str, logs: Iterator[Golden]) -> bool:
    file = FOLDER / f"{name}.jsonl.xz"
    if file.exists():
        return False
    kept = list(logs)
    write(file, kept)
    sys.stdout.write(f"{len(kept)} logs, {sum(len(one.bodies) for one in kept)} events: {file}\n")
    return True


main()
