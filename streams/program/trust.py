"""Trust: the signing keys of this process, by which it gives its word and takes that of others."""

from streams.access.keyring import KeyringRefused, found_keyring, kept_keyring, read_keyring
from streams.access.signing import Keyring
from streams.errors import SettingsRefused
from streams.settings import Role, Settings


def keyring_of(settings: Settings, *, makes: bool = True) -> Keyring:
    """The keys of FENGHUO_SIGNING_KEYS, else those of the data folder, made there when there are none yet.

    A simulator on its own makes none: nobody would know it; nor does who only looks (`makes`). Raises SettingsRefused
    with every problem of the file.
    """
    try:
        if settings.signing_keys is not None:
            return read_keyring(settings.signing_keys)
        is_maker = makes and settings.role is not Role.SIMULATOR
        return (kept_keyring if is_maker else found_keyring)(settings.data_dir)
    except KeyringRefused as refused:
        problems = tuple(f"FENGHUO_SIGNING_KEYS: {problem}" for problem in refused.problems)
        raise SettingsRefused(problems) from refused
