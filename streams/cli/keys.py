"""`fenghuo keys`: the keys by which gateways and other systems sign decisions and feedback on the bus.

The file is the operator's: an entry is printed or put at its end, and what stands there is never changed from here.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from models.access import Role
from models.areas import area_tree
from models.messages.fields import IdText
from streams.access.keyring import KeyringRefused, append_entry, entry_text, read_keyring
from streams.access.signing import Keyring
from streams.cli.doors import settings_of_command
from streams.cli.terminal import CannotDo, add, answer, answers, found_wrong, remark, table
from streams.errors import SettingsRefused
from streams.program.trust import keyring_of

app = typer.Typer(no_args_is_help=True, help="The keys that sign decisions and feedback on Kafka: new, list.")

File = Annotated[Path | None, typer.Argument(help="a file of keys; left out: that of the settings")]


@app.command()
def new(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="names the key on every message it signs")],
    *,
    area: Annotated[str, typer.Option(metavar="CODE", help="it speaks for this area and those below")],
    role: Annotated[list[Role], typer.Option(help="it speaks in this role; may be repeated")],
    into: Annotated[Path | None, typer.Option(help="put the entry at the end of this file")] = None,
) -> None:
    """Make a signing key with a secret of its own, and print its entry for the file of FENGHUO_SIGNING_KEYS.

    With --into it goes to the end of that file (made for its owner alone if it is not there) and is not printed. Give
    the new file to every engine first, then to whoever signs with the key.

    Example: fenghuo keys new gateway-2 --area 500000 --role duty_officer --role commander --role unit
    """
    if area not in area_tree():
        raise CannotDo(f"--area: no area ever had the code {area}")
    try:
        TypeAdapter(IdText).validate_python(key_id)
    except ValidationError:
        raise CannotDo("ID: 1 to 64 letters, digits, and . _ : -") from None
    entry = entry_text(key_id, area, dict.fromkeys(role))
    if into is None:
        answer(entry.rstrip("\n"))
    else:
        _append(into, key_id, entry)
        answer(f"{key_id} is in {into}")
    remark("whoever has the secret speaks in these roles there: keep it like a password")


@app.command("list")
def list_keys(file: File = None) -> None:
    """List the keys of a file in its order, without their secrets. Exit code 1: it cannot be used, and why.

    Example: fenghuo keys list /etc/fenghuo/keys.toml
    """
    shown = table("", "key", "area", "roles", "from", "until")
    for key in _keyring(file).keys:
        roles = ", ".join(sorted(key.roles))
        place = f"{key.area_code} {area_tree().full_name_zh(key.area_code)}"
        add(shown, key.key_id, place, roles, _moment(key.not_before), _moment(key.not_after))
    answers.print(shown)


def _append(file: Path, key_id: str, entry: str) -> None:
    try:
        if file.exists() and file.stat().st_size and read_keyring(file).key(key_id) is not None:
            raise CannotDo(f"{file} has a key {key_id} already; a new key has a new ID")
        append_entry(file, entry)
    except KeyringRefused as refused:
        raise CannotDo(f"nothing was written:\n{refused}") from refused
    except OSError as unwritable:
        raise CannotDo(f"{file} cannot be written: {unwritable.strerror}") from unwritable


def _keyring(file: Path | None) -> Keyring:
    try:
        return read_keyring(file) if file is not None else keyring_of(settings_of_command(), makes=False)
    except (KeyringRefused, SettingsRefused) as refused:
        for problem in refused.problems:
            answer(problem)
        found_wrong("no process starts with these keys")


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")
