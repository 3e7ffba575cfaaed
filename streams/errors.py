"""What can go wrong in the world, in families: each says what whoever receives it must do.

Never in here: a refusal by the rules (a value, `workflows.answer.Refusal`) and what is wrong with a message (a value,
`streams.processing.codec`). What is in no family is our defect: nothing is acknowledged and the process ends.
"""

EXIT_CRASHED = 70  # EX_SOFTWARE of sysexits: a supervisor starts the process again
EXIT_SETTINGS = 78  # EX_CONFIG: starting again does not help, a person must change the settings


class Transient(Exception):
    """Database or broker cannot be had now. Try again with back-off, hold the partition, acknowledge nothing."""


class Fenced(Exception):
    """Another worker has moved this partition on. Drop the batch unacknowledged and let the reassignment come."""


class OffsetGap(Exception):
    """Offsets are missing before the first record. Seek to `expected` once; if it comes again, record the gap."""

    def __init__(self, topic: str, partition: int, expected: int, found: int) -> None:
        super().__init__(f"{topic}[{partition}]: expected offset {expected}, found {found}")
        self.topic = topic
        self.partition = partition
        self.expected = expected
        self.found = found


class SettingsRefused(Exception):
    """The program cannot start like this. Change every setting that is named, then start again."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
