"""Generator: labelled reports of a day on which much happens at once, the same for the same seed.

    for telling in generate(7):
        telling.report, telling.event_id

They come in the order in which they arrive, which is not that in which they were sent: a follow-up may overtake what
it refers to. Seeds below 1000 are for tuning; whoever measures takes others.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random

from models.identifiers import ReportId
from tests.storm.events import DayPlan, StormEvent, events_of_day
from tests.storm.telling import Teller, Telling

_SLOW_RATIO, _SLOW_SECONDS, _QUICK_SECONDS = 0.03, 600, 20


def generate(seed: int, plan: DayPlan | None = None) -> tuple[Telling, ...]:
    """All reports of one day."""
    random = Random(f"day {seed}")
    return told(seed, events_of_day(plan or DayPlan(), random))


def told(seed: int, events: Iterable[StormEvent]) -> tuple[Telling, ...]:
    """All reports of these events, in the order in which they arrive."""
    tellings = [telling for event in events for telling in _told_of(seed, event)]
    return tuple(sorted(tellings, key=lambda telling: (telling.arrives_at, telling.report.report_id)))


def _told_of(seed: int, event: StormEvent) -> Iterator[Telling]:
    random = Random(f"reports {seed} {event.event_id}")
    teller = Teller(event, random)
    # Most are sent soon after the beginning; a storm lasts as long as its reports.
    early = 1.0 if len(event.scenes) > 1 else 2.0
    moments = sorted(event.lasts_seconds * random.random() ** early for _ in range(event.reports))
    for seconds in moments:
        at = event.began_at + timedelta(seconds=30 + round(seconds))
        is_slow = random.random() < _SLOW_RATIO
        delay = timedelta(seconds=random.randint(0, _SLOW_SECONDS if is_slow else _QUICK_SECONDS))
        # The name must not tell the event.
        report_id = ReportId(f"w{seed}-{random.getrandbits(48):012x}")
        yield teller.tell(report_id, at, at + delay)
