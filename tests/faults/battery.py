"""Battery: which experiment stands for which fault."""

from tests.faults.nemeses import broker, database, disk, gateway, poison, time, workers
from tests.faults.scene import Experiment, Extent
from tests.faults.stack import TANSU_SQLITE, Wish

_FULL = (Extent.FULL,)
EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment("F00", workers.nothing, extents=_FULL, wish=Wish(workers=2)),
    Experiment("F01", workers.killed_at_places_and_at_random, wish=Wish(workers=3), handled_at_most=15),
    Experiment("F02", broker.killed),
    Experiment("F03", broker.frozen),
    Experiment("F04", workers.frozen_until_forgotten),
    Experiment("F05", database.restarted, drained_at_most=60),
    Experiment("F06", database.commits_without_answer, through_proxy=True),
    Experiment("F07", database.locked),
    Experiment("F07", database.locked, pair=TANSU_SQLITE),
    Experiment(
        "F08",
        disk.database_full,
        pair=TANSU_SQLITE,
        wish=Wish(small_disk_of="database", disk_megabytes=64),
    ),
    Experiment(
        "F08",
        disk.database_full,
        extents=_FULL,
        wish=Wish(small_disk_of="database", disk_megabytes=400),
    ),
    Experiment("F09", disk.broker_full, extents=_FULL, wish=Wish(small_disk_of="broker", disk_megabytes=256)),
    Experiment("F10", database.cut_off, through_proxy=True),
    Experiment("F12", poison.among_the_good),
    Experiment("F13", poison.nothing_else, extents=_FULL),
    Experiment("F17", workers.come_and_go, wish=Wish(workers=3), extents=_FULL),
    Experiment("F18", time.burst, extents=_FULL, drained_within_seconds=300, drained_at_most=300),
    Experiment("F27", gateway.killed_mid_request, events_per_second=0),
    Experiment("F27", gateway.killed_mid_request, pair=TANSU_SQLITE, events_per_second=0),
    Experiment("F31", time.long_life, extents=_FULL, wish=Wish(workers=2), drained_at_most=60),
)
