"""What the tests of casualties read: the facts of a title and a text as a mapping from name to value."""

from models.categories import Category
from workflows.judgement.understanding.casualties import casualties
from workflows.judgement.understanding.script import script_of


def read(text: str, title: str = "", category: Category | None = None) -> dict[str, int | float]:
    """The totals found."""
    return {found.fact: found.value for found in casualties(script_of(title, text), category)}


def approximate(text: str) -> dict[str, bool]:
    """Which totals are approximate."""
    return {found.fact: found.approximate for found in casualties(script_of("", text), None)}


def words(text: str, fact: str) -> tuple[str, ...]:
    """The words that one fact rests on."""
    return tuple(
        span.words
        for found in casualties(script_of("", text), None)
        if found.fact == fact
        for span in found.spans
    )
