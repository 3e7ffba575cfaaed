"""Licences: of every package that runs, read from what the installed packages say of themselves.

What a wheel carries of others' C libraries (GEOS in shapely, libjpeg in pillow) it lists in its own licence files.
"""

import re
from importlib.metadata import PackageNotFoundError, metadata

from tests.architecture.sources import ROOT
from tests.supply.lock import Pin, pins

FILE = ROOT / "deploy/docs/licences.md"
# Whoever wants another one asks whether the authority may hand the program on under it. GPL, AGPL, SSPL and what says
# nothing are not among them; MPL-2.0 binds changes of its own files, and we change none.
ALLOWED = frozenset(
    (
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0",
        "PSF-2.0", "Zlib", "LicenseRef-Repoze",
    )
)  # fmt: skip
# How packages of before PEP 639 say it: the end of a classifier, or a free text.
_SAID = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Repoze Public License": "LicenseRef-Repoze",
}
# Not installed where this is made: read on the package's own page.
_ELSEWHERE = {"colorama": "BSD-3-Clause"}  # Windows alone
_HEAD = """\
# Licences of what runs 许可证

Made by `make supply` from `deploy/locks/run.lock` and the packages' own metadata; do not edit. The
[SBOM](../sbom/fenghuo.cdx.json) lists the same packages as CycloneDX; the lock has the hash of every file.

| package | version | licence |
|---|---|---|
"""


def licence_of(pin: Pin) -> str:
    """The SPDX expression of a package, or what it says in its own words; empty when it says nothing.

    Another version of it, for another Python, is taken to be under the licence of the one that is installed.
    """
    try:
        said = metadata(pin.name)
    except PackageNotFoundError:
        return _ELSEWHERE.get(pin.name, "")
    if said["License-Expression"]:
        return str(said["License-Expression"])
    classified = [
        one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or () if one.startswith("License")
    ]
    if classified:
        return " OR ".join(_SAID.get(one, one) for one in classified)
    return str(said["License"] or "").partition("\n")[0]


def is_allowed(expression: str) -> bool:
    """Whether somebody may hand the program on under it: every part of an AND, one part of an OR."""
    parts = [re.split(r" OR ", part.strip("() ")) for part in re.split(r" AND (?![^(]*\))", expression)]
    return all(any(one.strip("() ") in ALLOWED for one in choice) for choice in parts)


def refused() -> list[str]:
    """Packages that may not be handed on, or do not say whether they may."""
    return [
        f"{one.name} {one.version}: {licence_of(one) or 'says nothing'}"
        for one in pins()
        if not is_allowed(licence_of(one))
    ]


def document() -> str:
    """The list as it is to be committed."""
    return _HEAD + "".join(f"| {one.name} | {one.version} | {licence_of(one)} |\n" for one in pins())
