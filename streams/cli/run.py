"""`fenghuo run`: start the program."""

from contextlib import ExitStack
from typing import Annotated

import typer

from streams.settings import Role, load_settings


def run(
    speed: Annotated[
        float | None, typer.Option(help="program seconds per second, 1 to 1000 (embedded profile)")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="seed of the simulated traffic")] = None,
    role: Annotated[Role | None, typer.Option(help="which part of the program this process is")] = None,
) -> None:
    """Start the engine, the gateway and, in the embedded profile, a broker and a simulator; Ctrl-C stops it.

    Exit codes: 70 when database or broker were away for too long (start it again), 78 when settings are refused.

    Example: fenghuo run --speed 60 --seed 7
    """
    settings = load_settings(speed=speed, seed=seed, role=role)
    # Here and not above: they bring the whole program with them, and the other commands start faster without.
    from streams.program.waking import wake  # noqa: PLC0415 - and first, before the seconds that the rest takes

    with ExitStack() as until_the_end:
        seat = wake(settings, until_the_end)
        from streams import app  # noqa: PLC0415

        app.main(settings, seat)
