"""What is generated is committed as it would be generated now, and its examples are what they say."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import orjson
import pytest
import yaml  # type: ignore[import-untyped]  # no stubs are locked; what is read is looked at key by key
from schemathesis.specs.openapi.definitions import OPENAPI_31

from models.events import EVENT_TYPES
from models.topics import Topic
from models.vocabulary import Action, Stage
from streams import documents
from streams.cli.validating import faults
from streams.documents import schemas
from streams.documents.catalogue import MESSAGES, Documented
from streams.documents.schemas import file_name
from tests.architecture.sources import ROOT
from workflows.message import MessageKind

DOCS = ROOT / "deploy" / "docs"


def named(message: Documented) -> str:
    return message.name


def test_what_is_committed_is_what_is_generated() -> None:
    """`fenghuo docs build` would change nothing and leave no schema of a message that is gone."""
    texts = documents.texts()
    differing = [path for path, text in texts.items() if (ROOT / "deploy" / path).read_text() != text]
    assert differing == [], "run: fenghuo docs build"
    written = {
        path.relative_to(ROOT / "deploy").as_posix() for path in (ROOT / "deploy/schemas").rglob("*.json")
    }
    assert written == {path for path in texts if path.startswith("schemas/")}


def test_building_again_changes_nothing(tmp_path: Path) -> None:
    """The first build writes every document, the second none, and a stale schema goes."""
    assert len(documents.build(tmp_path)) == len(documents.texts())
    assert documents.build(tmp_path) == []
    (tmp_path / "schemas" / "gone.schema.json").write_text("{}")
    (tmp_path / "docs" / "events.md").write_text("changed by hand")
    assert documents.build(tmp_path) == ["docs/events.md", "schemas/gone.schema.json"]
    assert documents.build(tmp_path) == []


def test_every_topic_has_a_documented_message() -> None:
    """No topic carries something that the contract's documents do not show."""
    assert {topic for message in MESSAGES for topic in message.topics} == set(Topic)


@pytest.mark.parametrize("message", MESSAGES, ids=named)
def test_each_example_is_valid(message: Documented) -> None:
    """The model and the schema both accept the example; without a required field both refuse it."""
    schema = schemas.schema_of(message)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    message.shape.model_validate_json(orjson.dumps(message.example))
    validator.validate(message.example)
    lying_there = (
        ROOT / "deploy/schemas/examples" / file_name(message).replace(".schema.json", ".json")
    ).read_bytes()
    assert orjson.loads(lying_there) == message.example
    assert faults(message, lying_there, datetime(2026, 11, 22, 1, tzinfo=UTC)) == []
    without = {name: value for name, value in message.example.items() if name != schema["required"][0]}
    assert not validator.is_valid(without)
    with pytest.raises(ValueError, match=schema["required"][0]):
        message.shape.model_validate_json(orjson.dumps(without))


def test_an_events_type_decides_its_data() -> None:
    """The schema of an event refuses the data of another type."""
    event = next(message for message in MESSAGES if message.name == "Event")
    validator = jsonschema.Draft202012Validator(schemas.schema_of(event))
    assert validator.is_valid(event.example)
    assert not validator.is_valid({**event.example, "type": "graded"})


def test_the_topics_lead_to_their_schemas() -> None:
    """Every channel of the AsyncAPI document carries a message whose schema lies beside it."""
    document = yaml.safe_load((ROOT / "deploy/asyncapi.yaml").read_text())
    messages = document["components"]["messages"]
    assert set(document["channels"]) == set(document["operations"]) == {topic.value for topic in Topic}
    for channel in document["channels"].values():
        assert channel["messages"]
        for name in channel["messages"]:
            assert (ROOT / "deploy" / messages[name]["payload"]["schema"]["$ref"]).is_file()


def references(value: object) -> Iterator[str]:
    """Every `$ref` of a document."""
    match value:
        case dict():
            yield from ([str(value["$ref"])] if "$ref" in value else [])
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)


def dangling(document: dict[str, object]) -> list[str]:
    """References into the document itself that lead nowhere."""
    lost = []
    for reference in references(document):
        found: object = document
        for part in reference.removeprefix("#/").split("/") if reference.startswith("#/") else ():
            found = found.get(part) if isinstance(found, dict) else None
        lost += [] if found is not None else [reference]
    return lost


def test_the_routes_are_a_valid_document() -> None:
    """The committed OpenAPI document is one by the schema of OpenAPI 3.1, and none of its references leads nowhere."""
    document = orjson.loads((ROOT / "deploy/schemas/openapi.json").read_bytes())
    jsonschema.Draft202012Validator(OPENAPI_31).validate(document)
    assert dangling(document) == []
    assert {"/api/reports", "/healthz"} <= set(document["paths"])


def test_the_topics_are_a_whole_document() -> None:
    """The AsyncAPI document has the parts that version 3.0 asks for, and its references lead somewhere."""
    document = yaml.safe_load((ROOT / "deploy/asyncapi.yaml").read_text())
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(document["info"])
    assert dangling(document) == []
    assert {one["action"] for one in document["operations"].values()} == {"send", "receive"}
    messages = document["components"]["messages"]
    assert all({"headers", "payload", "examples"} <= set(one) for one in messages.values())


def test_each_topics_headers_are_told() -> None:
    """Every message has its version in a header, decisions and feedback a signature, and commands their delivery."""
    document = yaml.safe_load((ROOT / "deploy/asyncapi.yaml").read_text())
    headers = {name: one["headers"] for name, one in document["components"]["messages"].items()}
    assert {name for name, one in headers.items() if "schema_version" not in one["properties"]} == set()
    assert {name for name, one in headers.items() if "signature" in one["properties"]} == {
        "Decision",
        "Feedback",
    }
    assert {name for name, one in headers.items() if "delivery" in one["properties"]} == {"Command"}
    for name, message in document["components"]["messages"].items():
        for example in message["examples"]:
            jsonschema.Draft202012Validator(headers[name]).validate(example["headers"])


def test_a_lost_reference_is_seen() -> None:
    """A reference into a part that is not there is named; one that leads somewhere is not."""
    document: dict[str, object] = {"a": {"$ref": "#/b"}, "b": [{"$ref": "#/c/d"}], "c": {}}
    assert dangling(document) == ["#/c/d"]


def test_what_is_committed_breaks_nobody(tmp_path: Path) -> None:
    """Building now takes nothing away from those who keep to the committed schemas; where a field goes it says so."""
    assert documents.breaking() == []
    documents.build(tmp_path)
    receipt = tmp_path / "schemas/receipt.schema.json"
    schema = orjson.loads(receipt.read_bytes())
    schema["properties"]["of_old"] = {"type": "string"}
    receipt.write_bytes(orjson.dumps(schema))
    assert documents.breaking(tmp_path) == ["Receipt: of_old is gone"]


def test_every_move_and_event_stands_in_the_documents() -> None:
    """The state machine shows each stage and move, the list of events each type."""
    machine, events = (DOCS / "state-machine.md").read_text(), (DOCS / "events.md").read_text()
    moves = [*Action, *(kind for kind in MessageKind if kind is not MessageKind.DECISION)]
    assert [move for move in moves if f"`{move.value}`" not in machine] == []
    assert [stage for stage in Stage if stage.value not in machine] == []
    assert [name for name in EVENT_TYPES if f"## {name}\n" not in events] == []


def test_every_field_of_the_contract_has_a_meaning() -> None:
    """A type and its limits do not tell an integrator what to write there."""
    text = (DOCS / "contract.md").read_text()
    rows = re.findall(r"^\| `(\w+)`\\?\*? \| .* \| (.*) \|$", text, re.MULTILINE)
    assert len(rows) > 150
    assert [name for name, meaning in rows if not meaning.strip()] == []
    # A meaning of two lines breaks its row, and half a row would be looked at by nothing above.
    assert [line for line in text.splitlines() if line.startswith("|") and not line.endswith("|")] == []
