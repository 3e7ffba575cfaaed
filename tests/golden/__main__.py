"""`python -m tests.golden`: write the golden logs of this version of the contract, once."""

import itertools
import sys

from models.messages.versions import SCHEMA_VERSION
from tests.golden.walks import HERE, LOGS, Golden, walk, write

FILE = HERE / f"v{SCHEMA_VERSION}" / "logs.jsonl.xz"


def main() -> None:
    """Write them, unless this version has some: those were released."""
    if FILE.exists():
        sys.exit(f"{FILE} exists; what was released is never written anew")
    logs: list[Golden] = list(
        itertools.islice((one for seed in itertools.count() for one in walk(seed)), LOGS)
    )
    write(FILE, logs)
    sys.stdout.write(f"{len(logs)} logs, {sum(len(one.bodies) for one in logs)} events: {FILE}\n")


main()
