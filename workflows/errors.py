"""Our own bugs, as exceptions. A refusal is not here: it is a value (`workflows.answer.Refusal`)."""


class IllegalTransition(Exception):
    """The core was asked for a move that its table does not have. Our defect: crash, acknowledge nothing, report it."""


class UnknownEvent(Exception):
    """The log holds an event that this version cannot fold. Stop: start the version that wrote it."""
