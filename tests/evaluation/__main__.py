"""`python -m tests.evaluation`: print every figure with its goal and every miss; exit 1 when a goal is missed."""

import sys
from collections.abc import Iterator

from tests.evaluation import calls, casualties, fresh, fusion, kinds, levels, places
from tests.evaluation.figure import Figure, lines

_CHARACTERS = 220  # of a miss: enough to see what was meant


def measured() -> Iterator[Figure]:
    """Every figure of every room."""
    for room in (kinds, calls, casualties, fresh, places, levels, fusion):
        yield from room.figures()


def main() -> int:
    """Print; 1 when a goal was missed."""
    told = list(measured())
    for figure in told:
        for line in lines(figure):
            sys.stdout.write(f"{line[:_CHARACTERS]}\n")
    sys.stdout.write("\ncategory of the corpus, labelled -> understood\n")
    sys.stdout.writelines(f"    {line}\n" for line in kinds.confusion())
    missed = [figure for figure in told if figure.is_missed]
    sys.stdout.write("\nall figures\n")
    sys.stdout.writelines(f"    {next(lines(figure))}\n" for figure in told)
    sys.stdout.write(f"{len(missed)} of {sum(f.goal is not None for f in told)} goals missed\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
