"""The store: one transaction per batch, with Core statements on SQLite and PostgreSQL alike.

Each file knows one subject; `unit_of_work` is the door for the engine, `queries` the one for readers. No rule of the
trade is decided here.
"""
