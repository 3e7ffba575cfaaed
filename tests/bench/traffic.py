"""The reports that the benches send: of the size and the fields of real ones, the same for every variant."""

from datetime import datetime
from functools import lru_cache

import orjson

from models.areas import area_tree
from models.categories import Category

# Of one family and of what spreads over a district none: reports of those that say the same are one event.
_CATEGORIES = (
    Category.FIRE,
    Category.ROAD_TRAFFIC,
    Category.FOOD_POISONING,
    Category.PUBLIC_FACILITY,
    Category.CRIME,
    Category.ENVIRONMENT,
)
_TEXT = (
    "接群众报警，辖区一沿街门面发生险情，现场有浓烟，周边群众已自行疏散，暂无法确认屋内是否有人。"
    "网格员已到场设置警戒，通知消防、医疗和公安到场处置，后续情况随时续报。"
)


@lru_cache(maxsize=1)
def _townships(on: datetime) -> tuple[str, ...]:
    return tuple(area_tree().townships(on.date()))


def most_incidents(at: datetime) -> int:
    """How many reports `report` can make that each open an incident of their own within the fusion window."""
    return len(_townships(at)) * len(_CATEGORIES)


def report(
    number: int, at: datetime, *, about: int | None = None, is_urgent: bool = False
) -> tuple[bytes, bytes]:
    """Key and value of an initial report, about 900 bytes.

    `about` numbers the event it speaks of, up to `most_incidents`; by default each report has one of its own.
    """
    townships = _townships(at)
    event = number if about is None else about
    at_township = event % len(townships)
    township = townships[at_township]
    category = _CATEGORIES[event // len(townships) % len(_CATEGORIES)]
    body = {
        "schema_version": 1,
        "report_id": f"bench-{number}",
        "source_id": f"grid-{township}",
        "channel": "grid",
        "reporter_id": f"worker-{number % 97}",
        "kind": "initial",
        "number": 1,
        "urgent": is_urgent,
        "category": category.value,
        "title": f"{township} 号辖区发生险情",
        "text": _TEXT,
        "area_code": township,
        "place": "某街 12 号",
        "position": {
            "lon": 105 + at_township % 60 / 10,
            "lat": 28.5 + at_township // 60 / 5,
            "crs": "CGCS2000",
        },
        "known_at": at.isoformat(),
        "reported_at": at.isoformat(),
        "facts": {"injured": number % 3, "trapped": number % 2},
    }
    return township.encode(), orjson.dumps(body)
