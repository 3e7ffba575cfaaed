"""Placing: where a report lies in the area tree of its day, the first thing that is found out about it."""

from datetime import timedelta, timezone

from models.areas import AreaTree
from models.messages.report import Report
from models.places import Place
from workflows.disclosure import masked_words

_BEIJING = timezone(timedelta(hours=8))


def place_of(report: Report, tree: AreaTree) -> Place | None:
    """The report's place, read at `known_at`, else `reported_at`; None when no area ever had its code."""
    on = (report.known_at or report.reported_at).astimezone(_BEIJING).date()
    area = tree.resolve(report.area_code, on)
    if area is None:
        return None
    return Place(
        given_code=area.given_code,
        area_code=area.code,
        tier=area.tier,
        city_code=tree.path(area.code)[0],
        district_code=area.district_code,
        township_code=area.township_code,
        community_code=area.place_code,
        grid_code=report.grid_code,
        words=masked_words(
            report, report.place
        ),  # orders carry it to units, and the log to whoever reads that
        position=report.position,
    )
