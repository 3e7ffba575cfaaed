"""Expressions of Prometheus, read as far as to say what they ask for: metrics, labels and values.

Whether one is well formed is promtool's to say (tests/integration/watch).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

GROUPING = ("by", "without", "on", "ignoring", "group_left", "group_right")
WORDS = {*GROUPING, "and", "or", "unless", "bool", "offset", "inf", "nan", "Inf", "NaN"}
TOKEN = re.compile(
    r'"(?P<text>[^"]*)"|\[(?P<window>[^\]]*)\]|(?P<word>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?P<sign>=~|!~|!=|[(){},=])'
    r"|[\d.]+[a-z]*|\s+|[-+*/<>=!%^]+"
)


@dataclass(frozen=True)
class Asked:
    """One metric in an expression: each matcher as label, operator, value; and what it stands directly inside of."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]
    inside: str


@dataclass(frozen=True)
class Reading:
    """All that one expression asks for; `grouped` are the labels that it groups or joins by."""

    asked: tuple[Asked, ...]
    grouped: frozenset[str]


def read(expression: str) -> Reading:
    """What it asks for. Raises ValueError at what no expression of ours has."""
    tokens = list(_tokens(expression))
    asked: list[Asked] = []
    grouped: set[str] = set()
    inside: list[str] = []
    at, before = 0, ""
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in GROUPING:
            end = tokens.index(")", at)
            grouped |= {label for label in tokens[at + 2 : end] if label != ","}
            at = end
        elif token == "(":
            inside.append(before)
        elif token == ")":
            inside.pop()
        elif _is_metric(token, following):
            end = tokens.index("}", at) if following == "{" else at
            asked.append(Asked(token, tuple(_matchers(tokens[at + 2 : end])), inside[-1] if inside else ""))
            at = end
        if token not in GROUPING:
            before = token
        at += 1
    return Reading(tuple(asked), frozenset(grouped))


def _is_metric(token: str, following: str) -> bool:
    is_word = re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", token) is not None
    return is_word and token not in WORDS and following not in ("(", *GROUPING)


def _tokens(expression: str) -> Iterator[str]:
    at = 0
    while at < len(expression):
        found = TOKEN.match(expression, at)
        if found is None:
            raise ValueError(f"cannot read {expression[at:]!r}")
        at = found.end()
        if found["text"] is not None:
            yield f'"{found["text"]}"'
        elif kept := found["word"] or found["sign"]:
            yield kept


def _matchers(tokens: list[str]) -> Iterator[tuple[str, str, str]]:
    words = [token for token in tokens if token != ","]
    for label, operator, value in zip(words[::3], words[1::3], words[2::3], strict=True):
        yield label, operator, value.strip('"')
