"""Given: variables under our prefix that no setting reads, and files that settings name and that are not there.

A mistyped variable changes nothing and says nothing; here it is found. Never in here: what a value may be
(`streams.settings`).
"""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from streams.settings import PREFIX, Settings

_KNOWN = sorted(PREFIX + name.upper() for name in Settings.model_fields)
# The other files are opened when the settings are read, or with the signing keys.
_FILES = ("oidc_jwks", "map_geojson")


def unread_variables(env_file: Path | None = Path(".env")) -> Iterator[str]:
    """Each variable of ours that nothing reads, with the one that was probably meant."""
    given = {*EnvSettingsSource(Settings).env_vars, *DotEnvSettingsSource(Settings, env_file).env_vars}
    for name in sorted(name.upper() for name in given if name.upper().startswith(PREFIX)):
        if name not in _KNOWN:
            near = get_close_matches(name, _KNOWN, n=1)
            yield f"{name}: no setting has this name" + (f"; is {near[0]} meant?" if near else "")


def missing_files(settings: Settings) -> Iterator[str]:
    """Each setting that names a file which cannot be read, and why."""
    for name in _FILES:
        path: Path | None = getattr(settings, name)
        if path is None:
            continue
        try:
            path.open("rb").close()
        except OSError as unreadable:
            yield f"{PREFIX}{name.upper()}: {path} cannot be read: {unreadable.strerror}"
