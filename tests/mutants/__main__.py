"""`python -m tests.mutants [NAME...]`: plant each mutant (all without a name), run its test, say who saw it.

Exit 0 when every mutant was killed; 1 when one survived, one proves nothing, or the canary survived.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from tests.mutants.catalogue import CANARY, MUTANTS
from tests.mutants.mutant import Mutant, StaleMutant
from tests.mutants.trial import NoVerdict, copied_tree, is_killed, try_unchanged


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _kill(root: Path, mutant: Mutant) -> bool:
    try:
        killed, seconds, error = is_killed(root, mutant)
    except (NoVerdict, StaleMutant) as void:
        _say(f"{mutant.name:30} VOID      {void}")
        return False
    verdict = f"killed by {mutant.test} ({error})" if killed else f"SURVIVED  {mutant.test}: {mutant.bug}"
    _say(f"{mutant.name:30} {mutant.file:40} {seconds:5.1f} s  {verdict}")
    return killed


def _run(mutants: Sequence[Mutant]) -> int:
    began = monotonic()
    with copied_tree() as root:
        tests = sorted({mutant.test for mutant in (CANARY, *mutants)})
        try:
            passed = try_unchanged(root, tests)
        except NoVerdict as void:
            _say(f"the run is void: {void}")
            return 1
        _say(f"{'no mutant':30} {'':40} {passed.seconds:5.1f} s  {len(tests)} tests pass")
        if not _kill(root, CANARY):
            _say("the run is void: the canary lives")
            return 1
        killed = sum(_kill(root, mutant) for mutant in mutants)
    _say(f"in {monotonic() - began:.0f} s")
    _say(f"{killed}/{len(mutants)} killed")
    return 0 if killed == len(mutants) else 1


def _chosen() -> list[Mutant]:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    names = [mutant.name for mutant in MUTANTS]
    parser.add_argument("names", nargs="*", choices=[[], *names], metavar="NAME", help=", ".join(names))
    chosen = parser.parse_args().names
    return [mutant for mutant in MUTANTS if not chosen or mutant.name in chosen]


if __name__ == "__main__":
    sys.exit(_run(_chosen()))
