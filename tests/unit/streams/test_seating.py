"""Seats of a data folder: one for each worker that lives, and what the last holder of a free one wrote."""

import os
import subprocess
import sys
from pathlib import Path

from streams.broker.seat import OwnSeat
from streams.program import seating

HOLD = """
import sys
from pathlib import Path
from streams.program import seating
with seating.taken(Path(sys.argv[1])) as seat:
    seat.keep(sys.argv[2])
    print("sits", flush=True)
    sys.stdin.read()
"""


def sitting(folder: Path, member_id: str) -> "subprocess.Popen[bytes]":
    """A process in a seat of this folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), member_id], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"sits\n"
    return process


def test_who_was_killed_is_known_to_the_next(tmp_path: Path) -> None:
    """A seat outlives kill -9 with its member id, and whoever starts in the folder finds it."""
    with sitting(tmp_path, "faust-1") as killed:
        killed.kill()
    with seating.taken(tmp_path) as seat:
        assert seat.member_id == "faust-1"


def test_nobody_takes_the_seat_of_the_living(tmp_path: Path) -> None:
    """Beside a worker that lives the next one gets a seat of its own, without anybody's id."""
    with sitting(tmp_path, "faust-1") as living:
        with seating.taken(tmp_path) as seat:
            assert seat.member_id == ""
            seat.keep("faust-2")
        living.kill()
    with seating.taken(tmp_path) as first, seating.taken(tmp_path) as second:
        assert (first.member_id, second.member_id) == ("faust-1", "faust-2")


def test_who_left_in_order_is_nobody_s_predecessor(tmp_path: Path) -> None:
    """An emptied seat names nobody, and a shorter id leaves nothing of a longer one."""
    with seating.taken(tmp_path) as seat:
        seat.keep("faust-with-a-long-name")
        seat.keep("faust-3")
    with seating.taken(tmp_path) as seat:
        assert seat.member_id == "faust-3"
        seat.keep("")
    with seating.taken(tmp_path) as seat:
        assert seat.member_id == ""


def test_a_folder_that_cannot_be_is_no_reason_to_stop(tmp_path: Path) -> None:
    """Where no folder can be made, a worker has a seat that ends with it."""
    (tmp_path / "file").write_text("in the way")
    with seating.taken(tmp_path / "file") as seat:
        assert isinstance(seat, OwnSeat)


def test_a_seat_is_its_owner_s_alone(tmp_path: Path) -> None:
    """Nobody else on the machine reads or writes it."""
    with seating.taken(tmp_path):
        (file,) = (tmp_path / "seats").iterdir()
        assert os.stat(file).st_mode & 0o777 == 0o600  # noqa: PTH116 - mode and nothing else
