"""Readiness has one entry per component, with the reason while it is not ready."""

from streams.program.readiness import Component, Readiness


def test_each_component_tells_its_own_state() -> None:
    """Nothing is ready before it said so, one red component makes the whole red, and it may recover."""
    readiness = Readiness([Component.DATABASE, Component.BROKER])
    assert readiness.components() == {"database": "not started", "broker": "not started"}
    readiness.ready(Component.DATABASE)
    readiness.ready(Component.BROKER)
    assert readiness.is_ready()
    readiness.waiting(Component.BROKER, "no answer")
    assert readiness.components() == {"database": None, "broker": "no answer"}
    assert not readiness.is_ready()


def test_what_is_not_awaited_does_not_matter() -> None:
    """A gateway that keeps reports on disk is ready while its broker is away."""
    readiness = Readiness([Component.DATABASE])
    readiness.ready(Component.DATABASE)
    readiness.waiting(Component.BROKER, "no answer")
    assert readiness.is_ready()
    assert readiness.components() == {"database": None}
