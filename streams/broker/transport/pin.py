"""Which Faust the fast lane was built on: exactly one version, with its compiled parts loaded.

The compiled and the plain stream of Faust differ in what they acknowledge: events that were fetched before a
rebalance are skipped by both, but the plain one acknowledges them unread. So the plain one is refused.
"""

import importlib.metadata

import faust.streams
import faust.transport.conductor

FAUST_VERSION = "0.15.3"


class UnsupportedFaust(RuntimeError):
    """The installed Faust is not the one that the fast lane was proved on: install the locked dependencies."""


def require_pinned_faust() -> None:
    """Check version and compiled modules. Raises UnsupportedFaust: do not start, messages could be lost."""
    found = importlib.metadata.version("faust-streaming")
    if found != FAUST_VERSION:
        raise UnsupportedFaust(f"faust-streaming {found} is installed, the fast lane needs {FAUST_VERSION}")
    missing = [name for name, is_loaded in compiled_modules().items() if not is_loaded]
    if missing:
        raise UnsupportedFaust(
            f"faust-streaming runs without its compiled {', '.join(missing)}: unset NO_CYTHON and install the wheel"
        )


def compiled_modules() -> dict[str, bool]:
    """Faust's compiled parts by name, and whether this process uses them."""
    return {
        "stream iterator": getattr(faust.streams, "_CStreamIterator", None) is not None,
        "conductor": getattr(faust.transport.conductor, "ConductorHandler", None) is not None,
    }
