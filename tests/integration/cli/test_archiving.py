"""`fenghuo db archive`: what may be named, and that nothing is put away that must stay."""

import pytest

from tests.integration.cli.conftest import Fenghuo


def test_nothing_old_is_nothing_to_do(fenghuo: Fenghuo) -> None:
    """On a database of today's incidents it ends well, and says nothing was put away."""
    said = fenghuo("db", "archive", "--before", "2020-01")
    assert (said.code, said.answer) == (0, "")
    assert "there is nothing to put away" in said.remarks


@pytest.mark.parametrize(("word", "told"), [("2999-13", "no month"), ("2099-01", "yet to come")])
def test_a_month_that_cannot_be_meant_is_refused(fenghuo: Fenghuo, word: str, told: str) -> None:
    """A word that is no month, and one of the future, with exit code 2."""
    said = fenghuo("db", "archive", "--before", word)
    assert said.code == 2
    assert told in said.remarks
