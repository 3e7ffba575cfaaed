"""Fusion candidates: the incidents that a report may speak of, from the database and from this very batch.

Which one it is is for `workflows.judgement.fusion` to say; here only what cannot fit is left away, by index and a few
for each key, so that the cost does not grow with the number of incidents. What another worker opens at the same moment
is not seen; the FusionCheck deadline finds it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId, ReportId
from streams.store import fusion_keys
from streams.store.fusion_keys import Found, Key, Wanted
from streams.store.fusion_references import References, load_references
from workflows.judgement.account import Account
from workflows.judgement.fusion import Candidate
from workflows.judgement.likeness import of_account, together
from workflows.rulebook import Fusion, Rulebook


@dataclass(slots=True)
class Candidates:
    """The pool of one batch: what was committed before, growing by what the batch itself opens and joins."""

    rules: Fusion
    by_id: dict[IncidentId, Found] = field(default_factory=dict)
    by_key: dict[Key, set[IncidentId]] = field(default_factory=lambda: defaultdict(set))
    references: References = field(default_factory=References)

    def for_account(self, account: Account) -> tuple[Candidate, ...]:
        """What may fit this report: what its keys find, and what a reference ties it to."""
        bonds = self.references.bonds(account.report)
        mine = fusion_keys.found_of(account, IncidentId(""), of_account(account), self.rules)
        near = {one for key in fusion_keys.asked_by(account, self.rules) for one in self.by_key.get(key, ())}
        close = fusion_keys.closest(mine, (self.by_id[one] for one in near), self.rules)
        ids = sorted({one.incident_id for one in close} | (bonds.keys() & self.by_id.keys()))
        found = (self.by_id[one].candidate for one in ids)
        return tuple(
            replace(one, bond=bonds[one.incident_id]) if one.incident_id in bonds else one for one in found
        )

    def awaits(self, account: Account) -> ReportId | None:
        """The earlier report that it refers to and that has not arrived."""
        return self.references.awaited_by(account.report)

    def joined(self, account: Account, incident_id: IncidentId) -> None:
        """A report of this batch went there: a later one may refer to it or be close to it."""
        self.references.arrived(account.report, incident_id)
        at, mine = account.report.reported_at, of_account(account)
        known = self.by_id.get(incident_id)
        if known is None:
            self.add(fusion_keys.found_of(account, incident_id, mine, self.rules))
            return
        likeness = together(known.candidate.likeness, mine, self.rules)
        self.add(
            replace(
                known,
                reported_from=min(known.reported_from, at),
                reported_to=max(known.reported_to, at),
                keys=known.keys | known.keys_as(likeness.category, self.rules),
                likeness=likeness,
            )
        )

    def add(self, found: Found) -> None:
        """One more incident that later reports may speak of."""
        self.by_id[found.incident_id] = found
        for key in found.keys:
            self.by_key[key].add(found.incident_id)


async def load(connection: AsyncConnection, accounts: Sequence[Account], rules: Rulebook) -> Candidates:
    """What these reports may speak of."""
    pool = Candidates(rules.fusion)
    wanted = [
        Wanted(key, account.report.reported_at)
        for account in accounts
        for key in fusion_keys.asked_by(account, rules.fusion)
    ]
    for found in await fusion_keys.near(connection, wanted, rules.fusion):
        pool.add(found)
    pool.references = await load_references(
        connection, [account.report for account in accounts], rules.fusion
    )
    unseen = pool.references.incidents - pool.by_id.keys()
    for found in await fusion_keys.by_id(connection, unseen, rules.fusion):
        pool.add(found)
    return pool
