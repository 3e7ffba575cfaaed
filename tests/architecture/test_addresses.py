"""No file says where packages are downloaded from, or where on somebody's machine the project lies.

Both are the machine's business: a mirror or another folder must need no commit.
"""

import pytest

from tests.architecture.sources import ROOT, project_files

# In parts, since this file may not name them either.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("repo1", "maven", "org"),
        ("repo", "maven", "apache", "org"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
        ("anaconda", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
    )
]
FOLDERS = ["/".join(["", "work", ""])]


def addresses(content: bytes) -> list[str]:
    """The hosts of registries and folders of a workplace that the content names."""
    return [address for address in HOSTS + FOLDERS if address.encode() in content.lower()]


def test_no_file_names_a_registry_or_a_workplace() -> None:
    """Locks, images, documents and code are free of download hosts and absolute working folders."""
    found = {path: addresses((ROOT / path).read_bytes()) for path in project_files()}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("address", HOSTS + FOLDERS)
def test_an_address_is_seen(address: str) -> None:
    """Each address is found inside a longer one, whatever its case."""
    assert address in addresses(f"from https://x.{address.upper()}/simple".encode())
