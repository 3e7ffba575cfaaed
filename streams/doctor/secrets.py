"""Secrets: none that everybody knows, and no file of them that others on this machine may read."""

import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from streams.doctor.finding import Finding
from streams.settings import Profile, Settings

# What images, examples and tutorials set.
_WELL_KNOWN = frozenset({"", "fenghuo", "postgres", "password", "secret", "admin", "change-me", "changeme"})
_FOR_OTHERS = stat.S_IRWXO


def findings(settings: Settings) -> Iterator[Finding]:
    """Passwords that are no secret, and files of secrets that anybody may read."""
    url = make_url(settings.database)
    if settings.profile is Profile.PRODUCTION and (url.password or "") in _WELL_KNOWN:
        yield Finding(
            f"the database's password of {url.username or 'nobody'} is none that others do not know",
            f"ALTER ROLE {url.username or 'fenghuo'} PASSWORD '...'; then put it into FENGHUO_DATABASE_URL",
        )
    for path in (settings.signing_keys, settings.kafka_password_file, settings.kafka_key_file, Path(".env")):
        if path is not None and path.is_file() and path.stat().st_mode & _FOR_OTHERS:
            yield Finding(f"everybody on this machine may read {path}", f"chmod o-rwx {path}")
