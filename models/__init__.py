"""SHAPES: what is said, stored and counted. Nothing in here decides, and nothing in here connects."""
