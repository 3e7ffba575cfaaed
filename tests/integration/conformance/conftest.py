"""A broker of the kind that an integrator tries things on."""

from tests.brokers.tansu import tansu

__all__ = ["tansu"]
