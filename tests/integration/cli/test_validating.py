"""What `fenghuo validate` says of messages, good and bad, to whoever writes them."""

from pathlib import Path

import orjson
import pytest

from streams.cli.validating import KINDS
from tests.architecture.sources import ROOT
from tests.integration.cli.conftest import Fenghuo
from tests.integration.gateway.bodies import report

EXAMPLES = ROOT / "deploy/schemas/examples"


def written(folder: Path, *messages: object) -> str:
    file = folder / "messages.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, messages)))
    return str(file)


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_examples_are_good(fenghuo: Fenghuo, kind: str) -> None:
    """Each example is what it says it is, and ends with 0."""
    said = fenghuo("validate", str(EXAMPLES / f"{kind}.json"), "--kind", kind)
    assert (said.code, said.answer, said.remarks) == (0, f"1 good: {kind}\n", "")


def test_every_fault_is_named_with_what_to_write(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """One line a fault: the path of the field, what is wrong, what is wanted; nested fields and near words too."""
    bad = report(channel="gird", report_id="a b", facts={"deaths": -1}, kind=None)
    bad.pop("reported_at")
    said = fenghuo("validate", written(tmp_path, bad))
    assert said.code == 1
    lines = dict(line.split(": ", 1) for line in said.answer.splitlines())
    assert set(lines) == {"report_id", "channel", "kind", "reported_at", "facts.deaths"}
    assert lines["channel"].startswith("is none of the words, grid?; write one of grid, 110, ")
    assert lines["reported_at"].startswith("is required; write a time with its offset")
    assert "write a whole number (at least 0" in lines["facts.deaths"]
    assert 'such as "r-20261122-0001"' in lines["report_id"]


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (report(area_code="999999"), "area_code: no area ever had the code 999999"),
        (
            report(category=None, title=None, text=None),
            "category: invalid: one of category, title, text is required",
        ),
        (report(reported_at="2098-01-01T00:00:00Z"), "reported_at: out_of_window: "),
        (report(schema_version=99), "schema_version: unsupported_version: "),
        ([1], "unreadable: a JSON object is expected"),
    ],
)
def test_what_no_shape_says_is_named_too(fenghuo: Fenghuo, tmp_path: Path, bad: object, line: str) -> None:
    """Places that never were, rules over several fields, times and versions are judged as at the edge."""
    said = fenghuo("validate", written(tmp_path, bad))
    assert said.code == 1
    assert said.answer.startswith(line)


def test_lines_are_numbered(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """Of one message a line each fault says on which; a field that nobody reads is remarked upon and kept."""
    file = written(tmp_path, report(), report(channel="drum"), report(titel="x"))
    said = fenghuo("validate", file)
    assert said.code == 1
    assert said.answer.startswith("line 2: channel: is none of the words")
    assert "line 3: titel: not in the contract, kept and not read; title?" in said.remarks
    assert "1 of 3 would be refused" in said.remarks


def test_one_message_may_take_many_lines(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """Indented JSON is one message, and a broken one is told with line and column."""
    file = tmp_path / "report.json"
    file.write_bytes(orjson.dumps(report(), option=orjson.OPT_INDENT_2))
    assert fenghuo("validate", str(file)).answer == "1 good: report\n"
    file.write_text('{\n  "report_id": \n}')
    said = fenghuo("validate", str(file))
    assert said.code == 1
    assert "line 3 column 1" in said.answer


def test_other_messages_are_judged_by_their_own_model(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """A decision, a feedback and a command each have their own faults; a message that there is not is told, with 2."""
    feedback = {**KINDS["feedback"].example, "unit_code": "500108:navy", "kind": "refused"}
    said = fenghuo("validate", written(tmp_path, feedback), "--kind", "feedback")
    assert said.answer == "reason: invalid: reason is required for kind refused\n"
    said = fenghuo("validate", written(tmp_path, {**feedback, "reason": "no boats"}), "--kind", "feedback")
    assert said.answer.startswith("unit_code: ")
    command = {**KINDS["command"].example, "colour": "red"}
    said = fenghuo("validate", written(tmp_path, command), "--kind", "command")
    assert said.answer == "colour: is not in the contract\n"
    assert fenghuo("validate", written(tmp_path, command), "--kind", "rumour").code == 2
    assert fenghuo("validate", str(tmp_path / "none.json")).code == 2
