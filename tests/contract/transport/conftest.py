"""The broker under these tests."""

from tests.brokers.tansu import tansu

__all__ = ["tansu"]
