"""Backup: an installation as one folder, whole or not at all, and the same installation again from it.

In it: the database as of one moment, the photographs and the archive files that it names, and a manifest that says
what each must be. The rulebooks lie in the database. Never in it: signing keys, passwords and tokens. A backup lies
where more people come than to the machine, for years, and whoever has a key can order in a commander's name; the
manifest names the keys' ids alone, so that a restore can say which ones are still to be brought.

Never in here: what becomes of a database that is older than Kafka (`streams.reconcile`).
"""

from streams.backup.files import BackupRefused
from streams.backup.making import Made, back_up
from streams.backup.manifest import Manifest
from streams.backup.postgres import ProgramsMissing
from streams.backup.restoring import NotEmpty, Restored, examined, restore

__all__ = [
    "BackupRefused",
    "Made",
    "Manifest",
    "NotEmpty",
    "ProgramsMissing",
    "Restored",
    "back_up",
    "examined",
    "restore",
]
