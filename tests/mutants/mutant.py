"""A mutant: one small edit of one file of the program, and the test that must fail for it."""

from dataclasses import dataclass
from pathlib import Path


class StaleMutant(Exception):
    """The text to change does not stand in its file exactly once: the program moved on, write the mutant again."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """`bug` says what the edit breaks; `test` is the node id of the cheapest test that sees it."""

    name: str
    bug: str
    file: str
    before: str
    after: str
    test: str

    def planted_in(self, text: str) -> str:
        """The file with the bug in it. Raises StaleMutant."""
        found = text.count(self.before)
        if found != 1:
            raise StaleMutant(f"{self.name}: its text stands {found} times in {self.file}, not once")
        return text.replace(self.before, self.after)

    @property
    def module(self) -> str:
        """The name under which Python imports the file."""
        return ".".join(Path(self.file).with_suffix("").parts).removesuffix(".__init__")
