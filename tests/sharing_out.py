"""Sharing out: which tests one worker of `pytest -n` does together, and which shares are begun first.

A file stays whole, since its tests share what is dear to set up; so do rooms that share servers or a browser. What
nothing binds is dealt out one by one. Long shares come first, so that no worker is left alone with one at the end.
"""

import os

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Three secured brokers, and a program with a browser before it, take as long to start as many of their tests. Whole
# programs that must get somewhere in time run one after the other. The first that fits counts.
_TOGETHER = {
    "tests/browser/": "the browser",
    "tests/acceptance/test_kafka.py": "the secured brokers",
    "tests/acceptance/": "the program",
    "tests/contract/kafka/": "the secured brokers",
    "tests/integration/cli/test_rights.py": "the secured brokers",
}
_ONE_BY_ONE = ("tests/simulation/", "tests/property/test_codec.py")
# The longest first; what is not here comes after them as it was collected.
_LONG_SHARES = (
    "the browser",
    "the program",
    "the secured brokers",
    "tests/deploy/",
    "tests/storm/",
    "tests/contract/transport/",
    "tests/plans/",
    "tests/property/",
)


class SharingOut(LoadScopeScheduling):  # type: ignore[misc]  # xdist carries no types
    """Shares as this module says, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


def share_of(nodeid: str) -> str:
    """The name of the share that this test belongs to."""
    for place, share in _TOGETHER.items():
        if nodeid.startswith(place):
            return share
    return nodeid if nodeid.startswith(_ONE_BY_ONE) else nodeid.partition("::")[0]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a worker, long shares first; whoever runs tests without workers has them in the order of their names."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: _rank(share_of(item.nodeid)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharingOut:
    """Ours, whatever `--dist` says."""
    config.option.loadscopereorder = False
    return SharingOut(config, log)


def _rank(share: str) -> int:
    ranks = (rank for rank, place in enumerate(_LONG_SHARES) if share.startswith(place))
    return next(ranks, len(_LONG_SHARES))
