"""Each unit's program of the guide is held to the contract, signatures too, by the kit that its readers use.

On Apache Kafka; `test_first_hour.py` has the kit with a broker of its own.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from models.access import Role
from streams.access.keyring import entry_text
from tests.servers import tied_to_us

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]
# A district each: the broker remembers a unit's readers for a while after they were killed.
DISTRICTS = {"python": "500108", "java": "500107", "go": "500106"}


@pytest.mark.parametrize("language", DISTRICTS)
def test_a_unit_of_the_guide_keeps_every_rule(
    language: str, built_in: Path, unit: list[str], empty_kafka: str, tmp_path: Path
) -> None:
    """Orders in every disorder: each is answered as the contract asks, and nothing is left untried."""
    district = DISTRICTS[language]
    fire = f"{district}:fire"
    entry = entry_text("unit-key", district, [Role.UNIT])
    (secret,) = re.findall('secret = "(.*)"', entry)
    (tmp_path / "keys.toml").write_text(entry)
    own = {
        "UNIT": fire,
        "BROKERS": empty_kafka,
        "PERSON": "王强",
        "KEY_ID": "unit-key",
        "SECRET": secret,
    }
    command = [str(Path(sys.executable).with_name("fenghuo")), "conformance", empty_kafka, fire]
    command += ["--keys", str(tmp_path / "keys.toml"), "--with-actual", "--json", "--quiet", "0.1"]
    answers = {"ANSWERS": str(tmp_path / "answers.txt")}
    kit = subprocess.Popen(tied_to_us(command), cwd=tmp_path, stdout=subprocess.PIPE)
    with subprocess.Popen(tied_to_us(unit), cwd=built_in, env=os.environ | own | answers) as system:
        told, _ = kit.communicate(timeout=300)
        assert system.poll() is None, "the unit's program has ended"
        system.kill()
    outcomes = {one["rule"]: one["outcome"] for one in orjson.loads(told)["rules"]}
    assert {rule: outcome for rule, outcome in outcomes.items() if outcome != "kept"} == {}
    assert kit.returncode == 0
