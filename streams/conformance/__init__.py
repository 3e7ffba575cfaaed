"""Conformance: does the system of a unit do with commands what the contract asks? Played to it on a test broker.

`cases` says what is sent and what may come back, `player` sends and listens, `verdict` compares, `ground` refuses a
broker on which an installation lives. Every command is an exercise unless the caller asks for the one that is not.
Never in here: the engine, a database, or a rule that the contract and the integrators' guide do not have.
"""

from streams.conformance.cases import CASES, Case
from streams.conformance.ground import Ground, GroundRefused, prepare
from streams.conformance.player import Limits, Played, play
from streams.conformance.rules import ASKED, Rule
from streams.conformance.verdict import Finding, Outcome, judge

__all__ = [
    "ASKED",
    "CASES",
    "Case",
    "Finding",
    "Ground",
    "GroundRefused",
    "Limits",
    "Outcome",
    "Played",
    "Rule",
    "judge",
    "play",
    "prepare",
]
