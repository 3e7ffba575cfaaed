"""Battery: which experiment stands for which fault.

The quick set is what CI can bear beside the tests, ten minutes on a machine that does nothing else; the full set has
75. In its soak (F31) workers die at the eight places and at random, and database and broker end at once, for half an
hour: there F01, F02 and F05 are played longer than on their own, so they are in the quick set alone, as is what is no
longer at full length. Whatever is named is played, at either length: `python -m tests.faults full F01`.
"""

from tests.faults.field import Manner
from tests.faults.nemeses import (
    anchors,
    bodies,
    broker,
    clocks,
    database,
    disk,
    gateway,
    network,
    poison,
    slow,
    storm,
    time,
    upgrade,
    workers,
)
from tests.faults.scene import Experiment, Extent
from tests.faults.stack import TANSU_SQLITE, Wish

_QUICK, _FULL = (Extent.QUICK,), (Extent.FULL,)
_DATABASE_ON_64_MB = Wish(small_disk_of="database", disk_megabytes=64)
_DATABASE_ON_400_MB = Wish(small_disk_of="database", disk_megabytes=400)
_BROKER_ON_256_MB = Wish(small_disk_of="broker", disk_megabytes=256)
_THREE = Wish(workers=3)
_SIX = Wish(workers=6)
_LINES = Wish(has_lines=True)
# A busy machine takes a minute to start Kafka after kill -9; the life that is measured has to outlast that.
_PATIENT = Wish(workers=3, settings={"retry_budget_seconds": 170, "watchdog_seconds": 180})
_OWN_CLOCKS = Wish(sets_clocks=True)
_ANCHORED = Wish(settings={"anchor_file": anchors.FILE})
_AT_MOST = 300
_SLOW = ((Manner.LATE, 100),)

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment("F00", workers.nothing, extents=_FULL),
    Experiment(
        "F01",
        workers.killed_at_places_and_at_random,
        extents=_QUICK,
        wish=_THREE,
        events_per_second=3,
        handled_at_most=15,
    ),
    Experiment("F02", broker.killed, extents=_QUICK),
    Experiment("F03", broker.frozen, extents=_FULL),
    Experiment("F04", workers.frozen_until_forgotten),
    Experiment("F05", database.restarted, extents=_QUICK, drained_at_most=60),
    Experiment("F06", database.commits_without_answer, wish=_LINES),
    Experiment("F07", database.locked, extents=_FULL),
    Experiment("F07", database.locked, pair=TANSU_SQLITE, extents=_QUICK),
    Experiment("F08", disk.database_full, pair=TANSU_SQLITE, extents=_QUICK, wish=_DATABASE_ON_64_MB),
    Experiment("F08", disk.database_full, extents=_FULL, wish=_DATABASE_ON_400_MB),
    Experiment("F09", disk.broker_full, extents=_FULL, wish=_BROKER_ON_256_MB),
    Experiment("F10", network.cut_off, extents=_FULL, wish=_LINES),
    Experiment("F11", slow.consumers, extents=_FULL, manners=_SLOW, drained_within_seconds=_AT_MOST),
    Experiment("F12", poison.among_the_good),
    Experiment("F13", poison.nothing_else, extents=_FULL),
    Experiment("F14", bodies.oversized, pair=TANSU_SQLITE, extents=_QUICK),
    Experiment("F16", clocks.set_wrong, extents=_FULL, wish=_OWN_CLOCKS, drained_within_seconds=_AT_MOST),
    Experiment("F17", storm.come_and_go, wish=_SIX, extents=_FULL, events_per_second=3),
    Experiment(
        "F18",
        time.burst,
        extents=_FULL,
        events_per_second=1,
        drained_within_seconds=2 * _AT_MOST,
        drained_at_most=_AT_MOST,
    ),
    Experiment(
        "F20", clocks.herd, extents=_FULL, events_per_second=3, all_end=False, drained_within_seconds=_AT_MOST
    ),
    Experiment("F21", clocks.a_day_away, events_per_second=0, all_end=False),
    Experiment("F26", upgrade.rolled, extents=_FULL),
    Experiment("F27", gateway.killed_mid_request, events_per_second=0),
    Experiment("F27", gateway.killed_mid_request, pair=TANSU_SQLITE, extents=_FULL, events_per_second=0),
    Experiment("F30", anchors.end_dropped, extents=_FULL, wish=_ANCHORED),
    Experiment(
        "F31",
        time.long_life,
        extents=_FULL,
        wish=_PATIENT,
        drained_at_most=60,
        handled_at_most=20,  # F02's: the broker is killed there, too
    ),
)
