"""Fusion candidates: the incidents that a report may speak of, from the database and from this very batch.

Which one it is is for `workflows.judgement.fusion` to say; here only what cannot fit is left away, by index and a few
for each key, so that the cost does not grow with the number of incidents. What another worker opens at the same moment
is not seen; the FusionCheck deadline finds it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId, ReportId
from streams.store import fusion_keys
from streams.store.fusion_keys import Found, Key, Wanted
from streams.store.fusion_references import References, load_references
from workflows.judgement.account import Account
from workflows.judgement.fusion import Candidate, may_be_twins
from workflows.judgement.likeness import of_account, together
from workflows.rulebook import Fusion, Rulebook


@dataclass(slots=True)
class Candidates:
    """The pool of one batch: what was committed before, growing by what the batch itself opens and joins."""

    rules: Fusion
    by_id: dict[IncidentId, Candidate] = field(default_factory=dict)
    by_key: dict[Key, set[IncidentId]] = field(default_factory=lambda: defaultdict(set))
    references: References = field(default_factory=References)

    def for_account(self, account: Account) -> tuple[Candidate, ...]:
        """What may fit this report: what its keys find, and what a reference ties it to."""
        bonds = self.references.bonds(account.report)
        near = {one for key in fusion_keys.asked_by(account, self.rules) for one in self.by_key.get(key, ())}
        ids = sorted(near | (bonds.keys() & self.by_id.keys()))
        return tuple(
            replace(self.by_id[one], bond=bonds[one]) if one in bonds else self.by_id[one] for one in ids
        )

    def awaits(self, account: Account) -> ReportId | None:
        """The earlier report that it refers to and that has not arrived."""
        return self.references.awaited_by(account.report)

    def joined(self, account: Account, incident_id: IncidentId) -> None:
        """A report of this batch went there: a later one may refer to it or be close to it."""
        self.references.arrived(account.report, incident_id)
        known, mine = self.by_id.get(incident_id), of_account(account)
        if known is None:
            known = Candidate(incident_id, account.report.reported_at, mine)
            self.add(Found(known, fusion_keys.stood_under(account, self.rules), is_open=True))
        else:
            self.by_id[incident_id] = replace(known, likeness=together(known.likeness, mine))

    def add(self, found: Found) -> None:
        """One more incident that later reports may speak of."""
        incident_id = found.candidate.incident_id
        self.by_id[incident_id] = found.candidate
        for key in found.keys:
            self.by_key[key].add(incident_id)


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


async def twins(
    connection: AsyncConnection, incident_ids: Iterable[IncidentId], rules: Rulebook
) -> dict[IncidentId, tuple[IncidentId, ...]]:
    """For each incident the open ones that are or may be the same event, the likeliest first, only a few."""
    asked = await fusion_keys.by_id(connection, incident_ids, rules.fusion)
    wanted = [
        Wanted(key, moment)
        for one in asked
        for key in one.keys
        for moment in (one.candidate.likeness.sketch.reported_from, one.candidate.likeness.sketch.reported_to)
    ]
    near = [one for one in await fusion_keys.near(connection, wanted, rules.fusion) if one.is_open]
    return {
        one.candidate.incident_id: may_be_twins(
            one.candidate, [other.candidate for other in near if not other.keys.isdisjoint(one.keys)], rules
        )
        for one in asked
    }
