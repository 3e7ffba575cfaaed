"""The shapes: reference data, messages, tables."""
