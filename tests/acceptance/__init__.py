"""The real program as an operator has it: processes that are started, stopped and killed, seen from outside."""
