"""Overviews: where everything stands, as the database has it, for the board in the terminal. Reads only."""

from dataclasses import dataclass

import orjson

from models.areas import city_code
from models.messages.heat_ranking import HeatRanking
from models.topics import Topic
from models.vocabulary import RatingColour
from streams.program.board import Overview
from streams.store import queries
from streams.store.database import Database


@dataclass(frozen=True, slots=True)
class StoredOverviews:
    """Asks the database each time; cheap enough for once a second."""

    database: Database

    async def overview(self) -> Overview:
        """Counts, the hottest of the city, and every rating's colour."""
        async with self.database.read() as connection:
            counts = await queries.counts(connection)
            rankings = await queries.projections(connection, Topic.HEAT_RANKINGS)
            ratings = await queries.projections(connection, Topic.RATINGS)
        city = rankings.get(city_code())
        colours = {code: orjson.loads(value)["colour"] for code, value in ratings.items()}
        return Overview(
            reports_in=counts.reports,
            open_by_stage=counts.open_by_stage,
            closed=counts.closed,
            commands_open=counts.open_commands,
            hottest=() if city is None else HeatRanking.model_validate_json(city).entries,
            ratings={code: None if word is None else RatingColour(word) for code, word in colours.items()},
        )
