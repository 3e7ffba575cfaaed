"""The gateway over a real database: what it says, and what is on disk when it says it."""
