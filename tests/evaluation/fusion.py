"""Fusion on generated days: of the pairs of reports put together, those that belong together, and the other way round.

Measured on seeds on which nothing was tuned (tuning used 1 to 20). What was only asked about counts as apart, as if no
officer answered. Reports go through hearing and fusion in the order in which they arrive, and each new incident is
compared with its twins as the fusion check does; no database is needed for that.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.areas import area_tree
from models.identifiers import IncidentId
from streams.processing.placing import place_of
from streams.store.fusion_keys import Key, asked_by, stood_under
from streams.store.fusion_references import References
from streams.store.fusion_twins import sought_by
from tests.evaluation.figure import Figure
from tests.storm.generator import generate
from tests.storm.pairs import Pairs, pairs_of
from tests.storm.telling import Telling
from workflows.judgement.account import Account, hear
from workflows.judgement.fusion import Candidate, fuse, weigh
from workflows.judgement.likeness import of_account, together
from workflows.rulebook_file import default_rulebook

SEEDS = range(101, 121)
_PRECISION, _RECALL = 0.98, 0.95
_RULES = default_rulebook()
_WAITS = timedelta(seconds=_RULES.fusion.reference_waits_seconds)
_CHECK_AFTER = timedelta(seconds=_RULES.fusion.check_after_seconds)


@dataclass
class Day:
    """The incidents of one day, as fusion makes them."""

    pool: dict[IncidentId, Candidate] = field(default_factory=dict)
    keys: dict[IncidentId, frozenset[Key]] = field(default_factory=dict)
    into: dict[IncidentId, IncidentId] = field(default_factory=dict)
    references: References = field(default_factory=lambda: References(_WAITS))
    checks: list[tuple[datetime, IncidentId]] = field(default_factory=list)

    def take_in(self, account: Account, now: datetime) -> IncidentId:
        """One report more; the incident that it went to at first."""
        while self.checks and self.checks[0][0] <= now:
            self._check(*self.checks.pop(0))
        bonds = {self.lives_in(one): bond for one, bond in self.references.bonds(account.report).items()}
        asked = frozenset(asked_by(account, _RULES.fusion))
        near = {one for one in self.pool if not self.keys[one].isdisjoint(asked)} | bonds.keys()
        found = [self.pool[one] for one in near]
        candidates = [
            Candidate(c.incident_id, c.opened_at, c.likeness, bonds.get(c.incident_id)) for c in found
        ]
        choice = fuse(account, candidates, _RULES)
        incident_id, mine = choice.incident_id, of_account(account)
        self.references.arrived(account.report, incident_id)
        if choice.is_new:
            self.pool[incident_id] = Candidate(incident_id, now, mine)
            self.keys[incident_id] = stood_under(account, _RULES.fusion)
        else:
            known = self.pool[incident_id]
            likeness = together(known.likeness, mine, _RULES.fusion)
            self.pool[incident_id] = Candidate(incident_id, known.opened_at, likeness)
        if choice.is_new or choice.suggestions:
            self._check_soon(incident_id, now)
        return incident_id

    def lives_in(self, incident_id: IncidentId) -> IncidentId:
        """Where its chain of merges ends."""
        while incident_id in self.into:
            incident_id = self.into[incident_id]
        return incident_id

    def _check_soon(self, incident_id: IncidentId, now: datetime) -> None:
        if all(one != incident_id for _, one in self.checks):
            self.checks.append((now + _CHECK_AFTER, incident_id))

    def _check(self, due_at: datetime, incident_id: IncidentId) -> None:
        if incident_id not in self.pool:
            return
        mine = self.pool[incident_id]
        sought = sought_by(mine, self.keys[incident_id], _RULES.fusion)
        others = [
            one
            for one in self.pool.values()
            if one is not mine and not self.keys[one.incident_id].isdisjoint(sought)
        ]
        found = weigh(mine.likeness, others, _RULES.fusion)
        if found and found[0].comparison.score >= _RULES.fusion.merge_at_least:
            older, younger = sorted((mine, found[0].candidate), key=lambda one: one.age)
            likeness = together(older.likeness, younger.likeness, _RULES.fusion)
            self.pool[older.incident_id] = Candidate(older.incident_id, older.opened_at, likeness)
            self.into[younger.incident_id] = older.incident_id
            del self.pool[younger.incident_id]
            self._check_soon(older.incident_id, due_at)


def grouped(seed: int) -> list[tuple[Telling, IncidentId]]:
    """Each report of a generated day with the incident that it is in at the end of it."""
    day, went = Day(), list[tuple[Telling, IncidentId]]()
    for telling in generate(seed):
        place = place_of(telling.report, area_tree())
        assert place is not None
        went.append((telling, day.take_in(hear(telling.report, place), telling.arrives_at)))
    return [(telling, day.lives_in(incident_id)) for telling, incident_id in went]


def figures() -> Iterator[Figure]:
    """Pairwise precision and recall over all days; a miss is a report that is not where most of its event is."""
    pairs, misses = Pairs(0, 0, 0), list[str]()
    for seed in SEEDS:
        told = grouped(seed)
        pairs += pairs_of((telling.event_id, incident_id) for telling, incident_id in told)
        misses += _astray(seed, told)
    yield Figure("fusion, pairwise precision", pairs.right, pairs.joined, _PRECISION, ())
    yield Figure("fusion, pairwise recall", pairs.right, pairs.true, _RECALL, tuple(misses))


def _astray(seed: int, told: list[tuple[Telling, IncidentId]]) -> Iterator[str]:
    held: dict[str, Counter[IncidentId]] = defaultdict(Counter)
    for telling, incident_id in told:
        held[telling.event_id][incident_id] += 1
    for telling, incident_id in told:
        if incident_id != held[telling.event_id].most_common(1)[0][0]:
            yield f"day {seed}, {telling.event_id}: {telling.report.area_code} {telling.report.text}"
