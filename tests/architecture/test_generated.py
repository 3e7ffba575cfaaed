"""What is generated is committed as it would be generated now, and its examples are what they say."""

from pathlib import Path

import jsonschema
import orjson
import pytest

from models.events import EVENT_TYPES
from models.topics import Topic
from models.vocabulary import Action, Stage
from streams import documents
from streams.documents import schemas
from streams.documents.catalogue import MESSAGES, Documented
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
    written = {f"schemas/{path.name}" for path in (ROOT / "deploy" / "schemas").iterdir()}
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
    document = orjson.loads((ROOT / "deploy" / "schemas" / "asyncapi.json").read_bytes())
    messages = document["components"]["messages"]
    assert set(document["channels"]) == set(document["operations"]) == {topic.value for topic in Topic}
    for channel in document["channels"].values():
        assert channel["messages"]
        for name in channel["messages"]:
            assert (ROOT / "deploy" / "schemas" / messages[name]["payload"]["schema"]["$ref"]).is_file()


def test_every_move_and_event_stands_in_the_documents() -> None:
    """The state machine shows each stage and move, the list of events each type."""
    machine, events = (DOCS / "state-machine.md").read_text(), (DOCS / "events.md").read_text()
    moves = [*Action, *(kind for kind in MessageKind if kind is not MessageKind.DECISION)]
    assert [move for move in moves if f"`{move.value}`" not in machine] == []
    assert [stage for stage in Stage if stage.value not in machine] == []
    assert [name for name in EVENT_TYPES if f"## {name}\n" not in events] == []
