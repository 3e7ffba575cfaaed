"""Documents that the code writes: message schemas, topics, field tables, event types and the state machine.

Each file of this package makes one kind of text from the models or the machine; nothing here knows a fact of its
own. The texts are committed, so that a reader needs no tool, and a test builds them again and finds no difference.
"""

from pathlib import Path

from streams.documents import asyncapi, contract, events, rights, schemas, state_machine

FOLDER = Path(__file__).parents[2] / "deploy"


def texts() -> dict[str, str]:
    """Every generated document: its path below `deploy/` -> its text, the same on every machine."""
    return {
        **{f"schemas/{name}": text for name, text in schemas.texts().items()},
        "schemas/asyncapi.json": asyncapi.text(),
        "kafka/acls.csv": rights.text(),
        "docs/contract.md": contract.text(),
        "docs/events.md": events.text(),
        "docs/state-machine.md": state_machine.text(),
    }


def build(folder: Path = FOLDER) -> list[str]:
    """Write what differs, remove schemas of messages that are gone, and return the paths that changed."""
    wanted = texts()
    stale = [path for path in (folder / "schemas").glob("*.json") if f"schemas/{path.name}" not in wanted]
    for path in stale:
        path.unlink()
    changed = [name for name, text in wanted.items() if _as_it_stands(folder / name) != text]
    for name in changed:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(wanted[name], encoding="utf-8")
    return sorted([*changed, *(f"schemas/{path.name}" for path in stale)])


def _as_it_stands(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
