"""Unit tests of access, without a database."""
