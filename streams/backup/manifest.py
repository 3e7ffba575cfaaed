"""Manifest: what a backup is of and what each of its files must be; written last, so that half a backup has none."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, ValidationError

from streams.backup.files import BackupRefused, on_disk

FILE = "manifest.json"
_FORMAT = 1
_LARGEST_BYTES = 1024**3  # a line for each photograph: some millions
_Moment = Annotated[AwareDatetime, PlainSerializer(datetime.isoformat)]


class Engine(StrEnum):
    """Which database was copied; one cannot be made from the other."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Head(_Frozen):
    """How far one partition of one cluster was handled."""

    cluster_id: str
    topic: str
    partition: int
    next_offset: int


class Contents(_Frozen):
    """What the database held at its one moment. A restored one must hold the same, or it is not the backup's."""

    counts: dict[str, int]  # rows, by table
    heads: tuple[Head, ...]
    newest_fact: _Moment | None
    audit_head: str | None  # digest of the last entry of the chain
    rulebook: str | None  # digest of the one activated last
    archives: dict[str, str]  # file -> its digest
    photographs: tuple[str, ...]  # digests of those that a report or feedback names and that were handed in


class Kept(_Frozen):
    """One file of the backup, by its path in the folder."""

    path: str = Field(pattern=r"^(?:(?:attachments|archive)/)?[A-Za-z0-9][A-Za-z0-9._-]*$")
    size_bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(_Frozen):
    """One backup."""

    format: int = Field(_FORMAT, ge=1, le=_FORMAT)
    program: str  # version of the program that made it
    revision: str  # of the schema
    engine: Engine
    made_at: _Moment
    database: str  # path in the folder
    contents: Contents
    files: tuple[Kept, ...]
    elsewhere: tuple[str, ...]  # what belongs to the installation and lies in a store of its own
    signing_keys: tuple[str, ...]  # ids; the keys are not in the backup

    def write(self, folder: Path) -> None:
        """Write it to the folder and have it on the disk. Blocks."""
        draft = folder / f".{FILE}"
        draft.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        on_disk(draft)
        draft.replace(folder / FILE)
        on_disk(folder)

    @property
    def files_by_path(self) -> dict[str, Kept]:
        """Its files, by their paths."""
        return {one.path: one for one in self.files}


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupRefused: there is none, or not one that this version understands."""
    path = folder / FILE
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise BackupRefused((f"{path} is too large to be a manifest",))
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError as missing:
        why = "it is no backup, or one that was broken off" if folder.is_dir() else "there is no such folder"
        raise BackupRefused((f"{path} cannot be read: {why}",)) from missing
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BackupRefused(
            (f"{path} is damaged, or of a newer version: {where}: {first['msg']}",)
        ) from wrong
    if manifest.database not in manifest.files_by_path:
        raise BackupRefused((f"{path} is damaged: it says nothing of {manifest.database}",))
    return manifest
