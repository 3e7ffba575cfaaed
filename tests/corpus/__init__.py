"""The corpus of bad input: what people, machines and attackers send, and what becomes of it at every door."""
