"""Privacy: what this process leaves on disk is its owner's alone, since it holds a token, keys and people's words.

By the mask of the process and not file by file, so that no file can be forgotten: SQLite makes its own, and so do the
log, the archive and the store of attachments.
"""

import os

_NOBODY_ELSE = 0o077


def keep_to_owner() -> None:
    """From now on folders (0700) and files (0600) that this process makes are for its owner; call it before the first.

    What is there already keeps its mode: a folder that an operator has opened for a group stays open.
    """
    os.umask(_NOBODY_ELSE)
