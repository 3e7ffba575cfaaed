"""Catalogue: every fault of the battery in words, the tests elsewhere that hold a part of it, what cannot be run.

The document is written from this and from what was measured. Never in here: a figure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One row. `held_by` are tests that `make test` runs (path::name); `left_out` says what is not shown, and why."""

    id: str
    what: str
    bar: str
    held_by: tuple[str, ...] = ()
    left_out: str = ""


_KILLS = "tests/acceptance/test_kills.py"
_SEEDS = "tests/simulation/test_seeds.py::test_nothing_is_lost_or_doubled"
_RECONCILE = "tests/integration/reconcile/test_brokers.py"
_LOOP = "tests/unit/workflows/test_closed_loop.py"
FAULTS: tuple[Fault, ...] = (
    Fault("F00", "no fault: what the others are compared with", "—"),
    Fault(
        "F01",
        "workers killed with kill -9 at eight named places and at random",
        "300 kills, 0 lost, handled again ≤ 15 s",
        (
            f"{_KILLS}::test_nothing_accepted_is_lost",
            f"{_KILLS}::test_no_command_is_issued_twice",
            "tests/contract/transport/test_burying.py::test_a_restarted_worker_waits_for_nobody",
        ),
        "those of acceptance play the embedded pair, each place once",
    ),
    Fault(
        "F02",
        "broker killed with kill -9, back after 1 to 20 s",
        "handles again ≤ 20 s, receipts go on",
        (f"{_KILLS}::test_every_strike_killed_and_service_came_back",),
    ),
    Fault("F03", "broker frozen for 5, 30, 120 s", "as F02; receipt p99 ≤ 2 s meanwhile"),
    Fault(
        "F04",
        "a worker frozen for three sessions, then let go (zombie)",
        "its late commit moves nothing",
        (
            "tests/contract/store/test_races.py::test_a_zombie_changes_nothing",
            "tests/contract/store/test_races.py::test_an_overtaken_worker_is_fenced",
        ),
    ),
    Fault("F05", "PostgreSQL crashed and started every 5 to 20 s, workers killed", "all done ≤ 60 s after"),
    Fault("F06", "the answer to COMMIT lost, the connection reset", "0 doubled in 200"),
    Fault("F07", "database locked by a stranger for 10 s", "503 or an answer, done ≤ 10 s after"),
    Fault("F08", "disk full for the database for 20 s", "refused clearly, nothing broken"),
    Fault("F09", "disk full for Kafka", "intake goes on, backlog goes out in order"),
    Fault(
        "F10",
        "lines cut, silent, one-way, flapping",
        "handles again ≤ 15 s",
    ),
    Fault(
        "F11",
        "slow consumers",
        "memory grows ≤ 50 MB; a slow screen is let go",
        (
            "tests/integration/gateway/test_slow_clients.py"
            "::test_a_viewer_that_does_not_read_is_let_go_and_the_others_never_notice",
        ),
    ),
    Fault(
        "F12",
        "one poison in a thousand",
        "every good one done, each bad one a dead letter once",
        (
            "tests/integration/test_engine.py::test_garbage_becomes_a_dead_letter_and_the_stream_goes_on",
            "tests/contract/store/test_database.py::test_a_value_that_no_column_holds_is_refused",
        ),
    ),
    Fault(
        "F13",
        "nothing but poison",
        "stops at the limit, says so, offsets stay",
        ("tests/integration/test_engine.py::test_a_hundred_garbage_in_a_row_stop_the_topic",),
    ),
    Fault(
        "F14",
        "oversized bodies",
        "413 or 415, memory grows ≤ 20 MB",
        ("tests/integration/gateway/test_socket.py::test_an_endless_body_is_cut_off",),
    ),
    Fault(
        "F15",
        "copies and shuffled order",
        "the same end, or a defined one",
        (_SEEDS,),
        "300 seeds of a whole simulated system, in virtual time",
    ),
    Fault(
        "F16",
        "clocks that jump and drift",
        "no clock fires twice or early; ≤ 5 s late by the steady clock; jumps told",
        ("tests/contract/store/test_timekeeping.py::test_an_engine_waits_until_somebody_sets_the_clock",),
    ),
    Fault(
        "F17",
        "a worker joins or leaves every 3 s, two to six of them, for 5 minutes",
        "handles ≥ 30 % of steady, at rest ≤ 15 s after, 0 out of order",
        (
            "tests/contract/transport/test_rebalancing.py::test_no_record_is_lost_or_skipped_while_workers_come_and_go",
        ),
    ),
    Fault(
        "F18",
        "ten times the load for 60 s",
        "0 lost; urgent ones ≤ 2 s p99 meanwhile",
        left_out="the urgent have a lane of their own until they are handled; the topics between stages are shared",
    ),
    Fault(
        "F19",
        "50,000 reports of one event, five others among them",
        "one incident; the five are found",
        left_out="measured by `make bench` (tests/bench/results.csv, storm)",
    ),
    Fault(
        "F20",
        "20,000 clocks due in one second",
        "all fired ≤ 30 s; new reports ordered for ≤ 2 s p99 meanwhile",
    ),
    Fault(
        "F21",
        "restart with all clocks overdue by a day",
        "each fires once, told late",
        (
            "tests/contract/store/test_clock_faults.py"
            "::test_after_a_day_away_every_clock_fires_once_and_says_that_it_is_late",
        ),
    ),
    Fault(
        "F22",
        "consumer group deleted, offsets set elsewhere",
        "0 lost, told",
        (f"{_RECONCILE}::test_offsets_that_somebody_set_lose_nothing",),
    ),
    Fault(
        "F23",
        "topic truncated while workers are down",
        "found, refilled",
        (f"{_RECONCILE}::test_a_truncated_topic_is_noticed_without_a_further_record",),
    ),
    Fault(
        "F24",
        "database restored from an older backup",
        "refuses to run until reconciled",
        (f"{_RECONCILE}::test_an_engine_refuses_a_restored_database_until_it_is_reconciled",),
    ),
    Fault(
        "F25",
        "several sweepers and relays at once",
        "fired once, publications alike",
        (
            "tests/contract/store/test_deadlines.py::test_a_clock_is_sent_once_by_two_sweepers",
            "tests/contract/store/test_outbox.py::test_two_sweepers_claim_different_rows",
            "tests/contract/store/test_races.py::test_sweepers_at_once_claim_no_row_twice",
        ),
        "every run on kafka-postgres has a sweeper of each kind in each worker, and a relay in the gateway too",
    ),
    Fault(
        "F26",
        "old and new workers together",
        "what the old ones cannot read is parked and handled after; folds unchanged",
        (
            "tests/golden/test_released_versions.py::test_released_logs_fold_to_what_they_did",
            "tests/acceptance/test_upgrade.py"
            "::test_what_a_newer_producer_sends_waits_for_the_upgrade_and_is_handled",
        ),
        "the next version is today's with its number raised",
    ),
    Fault(
        "F27",
        "gateway killed in the middle of requests, the same sent again",
        "one incident and one receipt each",
    ),
    Fault(
        "F28",
        "all units silent",
        "every command climbs to the city, then a red alarm",
        (
            f"{_LOOP}::test_a_silent_unit_is_replaced_by_the_one_above_until_the_city",
            f"{_LOOP}::test_a_city_that_is_silent_about_a_step_gets_a_red_alarm",
        ),
    ),
    Fault(
        "F29",
        "one row of log or audit edited, deleted, moved",
        "check names it",
        ("tests/integration/check/test_check.py::test_one_planted_violation_is_found",),
    ),
    Fault(
        "F30",
        "the end of the database dropped",
        "found by the anchor, but for the last 60 s",
        (
            "tests/integration/anchors/test_anchors.py::test_a_dropped_end_of_the_audit_is_named",
            "tests/integration/anchors/test_anchors.py::test_a_dropped_end_of_a_log_is_named",
            "tests/acceptance/test_upgrade.py::test_a_cut_off_end_is_named_by_the_command",
        ),
    ),
    Fault("F31", "30 minutes of load with faults at random", "memory grows < 1 MB in 10 minutes, files flat"),
)
