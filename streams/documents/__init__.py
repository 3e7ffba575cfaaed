"""Documents that the code writes: message schemas and examples, topics, routes, fields, events, the state machine,
metrics and dashboards.

Each file of this package makes one kind of text from the models or the machine; nothing here knows a fact of its
own. The texts are committed, so that a reader needs no tool, and a test builds them again and finds no difference.
"""

import json
from importlib import import_module
from pathlib import Path

from models.topics import ENGINE_READ
from streams.documents import (
    asyncapi,
    contract,
    dashboards,
    events,
    examples,
    metrics,
    rights,
    schemas,
    state_machine,
)
from streams.documents.catalogue import MESSAGES
from streams.documents.compatibility import breaking_changes

FOLDER = Path(__file__).parents[2] / "deploy"


def texts() -> dict[str, str]:
    """Every generated document: its path below `deploy/` -> its text, the same on every machine."""
    return {
        **{f"schemas/{name}": text for name, text in schemas.texts().items()},
        **{f"schemas/examples/{name}": text for name, text in examples.texts().items()},
        "asyncapi.yaml": asyncapi.text(),
        "schemas/openapi.json": _openapi(),
        "kafka/acls.csv": rights.text(),
        "docs/contract.md": contract.text(),
        "docs/events.md": events.text(),
        "docs/metrics.md": metrics.text(),
        "docs/state-machine.md": state_machine.text(),
        **{f"grafana/{name}": text for name, text in dashboards.texts().items()},
    }


def breaking(folder: Path = FOLDER) -> list[str]:
    """What building now would break for those who keep to the committed schemas; each with its message's name."""
    return [
        f"{message.name}: {told}"
        for message in MESSAGES
        if (committed := _as_it_stands(folder / "schemas" / schemas.file_name(message))) is not None
        for told in breaking_changes(
            json.loads(committed),
            schemas.schema_of(message),
            is_read=any(topic in ENGINE_READ for topic in message.topics),
        )
    ]


def build(folder: Path = FOLDER) -> list[str]:
    """Write what differs, remove schemas of messages that are gone, and return the paths that changed."""
    wanted = texts()
    written = {path.relative_to(folder).as_posix(): path for path in (folder / "schemas").rglob("*.json")}
    stale = [path for name, path in written.items() if name not in wanted]
    for path in stale:
        path.unlink()
    changed = [name for name, text in wanted.items() if _as_it_stands(folder / name) != text]
    for name in changed:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(wanted[name], encoding="utf-8")
    return sorted([*changed, *(path.relative_to(folder).as_posix() for path in stale)])


def _openapi() -> str:
    # Here and not above: it brings the whole gateway with it, and few of those who come here build documents.
    return str(import_module("streams.documents.openapi").text())


def _as_it_stands(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
