"""The guide's first hour, command by command, beside the program that its first step starts."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from tests.acceptance.program import Program
from tests.integrators.guide import FOLDER, blocks, run
from tests.servers import free_port

pytestmark = pytest.mark.timeout(600)


def a_report(file: Path, report_id: str) -> None:
    """A report that can be sent as it is."""
    now = datetime.now(UTC).isoformat()
    told = {"report_id": report_id, "source_id": "grid-nanan", "channel": "grid", "kind": "initial"}
    file.write_bytes(
        orjson.dumps({**told, "title": "涂山镇居民楼起火", "area_code": "500108102", "reported_at": now})
    )


def test_what_is_there_is_seen(program: Program, path: str) -> None:
    """Each line of the second step answers; the first shows orders once there are some."""

    def is_commanded() -> bool:
        return "command_id" in program.command("tail", "disposal-commands", "--as", "text").answer

    program.await_that(is_commanded, "a unit is commanded", 240)
    (block,) = blocks("2. Look at what is there")
    for line in block.splitlines():
        assert run(line, program.folder, program.environment() | {"PATH": path}).strip(), line


def test_the_first_report_is_received(program: Program, path: str) -> None:
    """The third step ends with the receipt of the report that it wrote."""
    (block,) = blocks("3. Write your first report, and have it looked at")
    environment = program.environment() | {"PATH": path}
    assert "1 good: report" in run(block, program.folder, environment)
    report_id = orjson.loads((program.folder / "report.json").read_bytes())["report_id"]

    def is_received() -> bool:
        return report_id in program.command("tail", "report-receipts", "--limit", "1000").answer

    program.await_that(is_received, "the receipt comes", 60)


@pytest.mark.kafka
@pytest.mark.parametrize("language", ["python", "java", "go"])
def test_a_reporter_gets_its_receipt(
    language: str, built_in: Path, reporter: list[str], kafka_of_an_engine: str, tmp_path: Path
) -> None:
    """A report from each language is accepted on Apache Kafka; sent again it is known."""
    a_report(tmp_path / "report.json", f"of-{language}")
    for outcome in ("accepted", "duplicate"):
        done = subprocess.run(
            [*reporter, str(tmp_path / "report.json")],
            cwd=built_in,
            env=os.environ | {"BROKERS": kafka_of_an_engine},
            stdout=subprocess.PIPE,
            timeout=120,
            check=True,
        )
        receipt = orjson.loads(done.stdout)
        assert (receipt["report_id"], receipt["source_id"]) == (f"of-{language}", "grid-nanan")
        assert receipt["outcome"] in {outcome, "accepted"}  # the first receipt is found again


def test_the_kit_and_the_example_meet(path: str, tmp_path: Path) -> None:
    """The two commands of the fifth step, side by side: every rule that is tried is kept."""
    kit, system = blocks("5. Have your consumer tried")
    port = str(free_port())
    (tmp_path / "python").symlink_to(FOLDER / "python")
    environment = os.environ | {"PATH": path, "PYTHONUNBUFFERED": "1"}
    trying = subprocess.Popen(
        ["bash", "-c", f"exec {kit.replace('29092', port)}"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    line = system.replace("29092", port).replace(" python ", f" {sys.executable} ")
    with trying:
        assert trying.stderr is not None
        assert port.encode() in trying.stderr.readline()  # it says so once its broker is there
        with subprocess.Popen(["bash", "-c", line], cwd=tmp_path, env=environment) as unit:
            told, _ = trying.communicate(timeout=300)
            unit.kill()
    assert trying.returncode == 0, told.decode()
