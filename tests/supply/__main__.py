"""`make supply`: write SBOM and licence list again, and look for known holes. Exit code 1: a licence or a hole."""

import sys
from datetime import UTC, datetime

from tests.supply import audit, licences, sbom
from tests.supply.lock import pins


def main() -> int:
    """Everything, one after the other."""
    sbom.build()
    licences.FILE.write_text(licences.document(), encoding="utf-8")
    wrong = [f"licence: {one}" for one in licences.refused()]
    report = audit.ask()
    if report is None:
        said = "NOT DONE: no vulnerability service was reached; nothing is known of holes"
    else:
        today = datetime.now(UTC).date()
        found = audit.holes(report, audit.accepted(audit.ACCEPTED.read_text(encoding="utf-8"), today))
        wrong += [f"known hole: {one}" for one in found]
        said = f"{len(found)} known holes"
    sys.stdout.write(f"{len(pins())} packages; audit: {said}\n" + "".join(f"{one}\n" for one in wrong))
    return 1 if wrong else 0


sys.exit(main())
