"""Keyring: the file of signing keys, read with every problem at once, and the one that an embedded program makes.

The file is the authority's, like its certificates: `fenghuo keys new` writes an entry, nothing here changes one. No
message of this room has a secret in it, nor a part of one.
"""

import base64
import binascii
import os
import re
import secrets
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field, ValidationError

from models.access import Role
from models.areas import area_tree, city_code
from models.messages.fields import AreaCodeField, IdText, Value
from streams.access.signing import Algorithm, Keyring, SigningKey
from workflows.rulebook_lines import Path as KeyPath
from workflows.rulebook_lines import key_lines

SHORTEST_SECRET_BYTES = 32
_FILE = "signing-keys.toml"
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+", re.ASCII)
# 32 random bytes have about 30 different ones; fewer than this by chance less often than once in 10^15 keys.
_FEWEST_DIFFERENT_BYTES = 16


class KeyringRefused(Exception):
    """The file of signing keys cannot be used: correct what each of `problems` names, then start again."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def _known_area(code: str) -> str:
    if code not in area_tree():
        raise ValueError(f"no area ever had the code {code}")
    return code


def _not_empty(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    if not roles:
        raise ValueError("a key without a role speaks for nobody")
    return roles


def _good_secret(text: str) -> str:
    secret = _bytes_of(text)
    if len(secret) < SHORTEST_SECRET_BYTES:
        raise ValueError(f"has {len(secret)} bytes, {SHORTEST_SECRET_BYTES} or more are needed")
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    if len(set(secret)) < _FEWEST_DIFFERENT_BYTES or len(steps) == 1:
        raise ValueError("anybody could guess it: take one that `fenghuo keys new` made")
    return text


class _Entry(Value):
    """One [[key]] as it is written."""

    id: IdText
    secret: Annotated[str, AfterValidator(_good_secret)]
    area_code: Annotated[AreaCodeField, AfterValidator(_known_area)]
    roles: Annotated[
        tuple[Annotated[Role, Field(strict=False)], ...], Field(strict=False), AfterValidator(_not_empty)
    ]
    not_before: AwareDatetime | None = None
    not_after: AwareDatetime | None = None
    algorithm: Annotated[Algorithm, Field(strict=False)] = Algorithm.HMAC_SHA256

    @property
    def key(self) -> SigningKey:
        """The key that it writes down."""
        return SigningKey(
            key_id=self.id,
            secret=_bytes_of(self.secret),
            area_code=self.area_code,
            roles=frozenset(self.roles),
            not_before=self.not_before,
            not_after=self.not_after,
            algorithm=self.algorithm,
        )


def read_keyring(path: Path) -> Keyring:
    """The keys of this file. Raises KeyringRefused with every problem, each with its line and field."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as unreadable:
        raise KeyringRefused([f"{path} cannot be read: {unreadable.strerror}"]) from unreadable
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise KeyringRefused([f"{path} is no TOML: {broken}"]) from None
    entries, problems = _entries(data)
    problems += _clashes(entries)
    if problems:
        lines = key_lines(text)
        raise KeyringRefused(f"{path}, {_told(where, what, lines)}" for where, what in problems)
    return Keyring(tuple(entry.key for entry in entries.values()))


def kept_keyring(data_dir: Path) -> Keyring:
    """The keyring of this folder, made when there is none yet: one key of the whole city for every role.

    Only its owner can read it. Two processes that start at once get the same. Raises KeyringRefused.
    """
    path = data_dir / _FILE
    if not path.exists():
        _make(path, entry_text(f"embedded-{secrets.token_hex(4)}", city_code(), Role))
    return read_keyring(path)


def found_keyring(data_dir: Path) -> Keyring:
    """The keyring of this folder, without a key when there is none. Raises KeyringRefused."""
    path = data_dir / _FILE
    return read_keyring(path) if path.exists() else Keyring()


def entry_text(key_id: str, area_code: str, roles: Iterable[Role]) -> str:
    """A new entry with a secret of its own, as the file has it."""
    named = ", ".join(f'"{role.value}"' for role in roles)
    secret = secrets.token_hex(SHORTEST_SECRET_BYTES)
    return f'[[key]]\nid = "{key_id}"\nsecret = "{secret}"\narea_code = "{area_code}"\nroles = [{named}]\n'


def append_entry(path: Path, text: str) -> None:
    """Put an entry at the end of this file; one that is not there is made for its owner alone. Raises OSError."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:  # noqa: PTH123 - a mode
        file.write(f"\n{text}" if path.stat().st_size else text)


def _make(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    append_entry(beside, text)
    with suppress(FileExistsError):  # another process was quicker: its keyring is ours
        path.hardlink_to(beside)
    beside.unlink()


# --- what is wrong with a file ---------------------------------------------------------------------------------------

_Problem = tuple[KeyPath, str]


def _entries(data: Mapping[str, Any]) -> tuple[dict[int, _Entry], list[_Problem]]:
    """The entries that can be read, by their position, and what is wrong with the others."""
    problems: list[_Problem] = [((name,), "is not known") for name in data if name != "key"]
    listed = data.get("key", [])
    if not isinstance(listed, list) or not listed:
        return {}, [*problems, (("key",), "the file needs at least one [[key]]")]
    entries: dict[int, _Entry] = {}
    for position, one in enumerate(listed):
        try:
            entries[position] = _Entry.model_validate(one)
        except ValidationError as refused:
            for error in refused.errors(include_input=False, include_url=False, include_context=False):
                what = error["msg"].removeprefix("Value error, ")
                problems.append((("key", position, *error["loc"]), what))
    return entries, problems


def _clashes(entries: Mapping[int, _Entry]) -> Iterator[_Problem]:
    """What no entry shows by itself."""
    ids = Counter(entry.id for entry in entries.values())
    known = Counter(_bytes_of(entry.secret) for entry in entries.values())
    for position, entry in entries.items():
        if ids[entry.id] > 1:
            yield ("key", position, "id"), f"{entry.id} stands there more than once"
        if known[_bytes_of(entry.secret)] > 1:
            yield (
                ("key", position, "secret"),
                "another key has the same, and with it both could speak for both",
            )
        if (
            entry.not_before is not None
            and entry.not_after is not None
            and entry.not_after <= entry.not_before
        ):
            yield ("key", position, "not_after"), "the key would end before it begins"


def _told(where: KeyPath, what: str, lines: Mapping[KeyPath, int]) -> str:
    stands = next((lines[where[:depth]] for depth in range(len(where), 0, -1) if where[:depth] in lines), 1)
    key = f"key {where[1] + 1}" if len(where) > 1 and isinstance(where[1], int) else str(where[0])
    field = ".".join(str(part) for part in where[2:])
    return f"line {stands}: {key}{f', {field}' if field else ''}: {what}"


def _bytes_of(text: str) -> bytes:
    """The secret that hex or else base64 writes down. Raises ValueError when it is neither."""
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        padded = text.translate({ord("-"): "+", ord("_"): "/"}) + "=" * (-len(text) % 4)
        return base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is neither hex nor base64") from None
