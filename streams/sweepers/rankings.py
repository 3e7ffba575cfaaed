"""Rankings: what was last told of heat, and which scopes a reader would now see differently.

Used by the projection sweeper alone; how incidents are ranked is the rules' (`workflows.appraisal.heat`).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from models.areas import city_code
from models.identifiers import AreaCode
from models.messages.heat_ranking import HeatRanking
from models.topics import Topic
from streams.metrics import Metrics
from streams.store import heat, projections
from streams.store.database import Database
from workflows.appraisal.heat import HeatCandidate, has_moved, rank
from workflows.rulebook import Rulebook

REFOLDED_AT_A_TIME = 100


@dataclass(slots=True)
class Rankings:
    """The rankings of the city and of each district that has ever had one."""

    database: Database
    metrics: Metrics
    _told: dict[AreaCode, HeatRanking] = field(default_factory=dict)
    _told_of: tuple[str, tuple[HeatCandidate, ...]] | None = None
    _seen: tuple[str, tuple[HeatCandidate, ...]] | None = None

    async def recall(self) -> None:
        """Read what was told last, by whomever. Raises Transient."""
        self._told = {}  # not beside what is read now
        async with self.database.read() as connection:
            values = await projections.published(connection, Topic.HEAT_RANKINGS)
        self._told = {
            AreaCode(code): HeatRanking.model_validate_json(value) for code, value in values.items()
        }
        self._told_of = None

    async def moved(self, rules: Rulebook, now: datetime) -> list[HeatRanking]:
        """The rankings in which an id, level or score changed since the last `keep`. Raises Transient.

        Nothing while heats are of two epochs: up to 100 of them are folded again, and the next turn looks again.
        """
        async with self.database.read() as connection:
            is_comparable = await heat.is_of_one_epoch(connection, rules)
            hottest = await projections.hottest(connection, rules.heat) if is_comparable else ()
        if not is_comparable:
            await self._refold(rules)
            return []
        self._seen = (rules.digest, hottest)
        if self._seen == self._told_of:
            return []
        ranked = (self._rank(scope, among, rules, now) for scope, among in self._scopes(hottest).items())
        return [one for one in ranked if has_moved(self._told.get(one.scope_code), one)]

    def keep(self, rankings: list[HeatRanking]) -> None:
        """These, and no others of the last look, had moved; they are committed now."""
        self._told |= {one.scope_code: one for one in rankings}
        self._told_of = self._seen

    def _scopes(self, hottest: tuple[HeatCandidate, ...]) -> dict[AreaCode, list[HeatCandidate]]:
        scopes: dict[AreaCode, list[HeatCandidate]] = defaultdict(list, {city_code(): list(hottest)})
        for one in hottest:
            if one.district_code is not None:
                scopes[one.district_code].append(one)
        emptied: dict[AreaCode, list[HeatCandidate]] = {scope: [] for scope in self._told}
        return emptied | scopes

    def _rank(
        self, scope: AreaCode, among: list[HeatCandidate], rules: Rulebook, now: datetime
    ) -> HeatRanking:
        return rank(among, rules, now, scope, city=scope == city_code())

    async def _refold(self, rules: Rulebook) -> None:
        async with self.database.write() as connection:
            refolded = await heat.refold_other_epochs(connection, rules, REFOLDED_AT_A_TIME)
        self.metrics.projections.refolded.inc(refolded)
