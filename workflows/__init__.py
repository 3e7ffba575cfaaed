"""RULES: pure functions from state and message to what follows. No clock, no network, no randomness, no logging."""
