"""One contract, two engines: whatever the store promises holds on SQLite and on PostgreSQL."""
