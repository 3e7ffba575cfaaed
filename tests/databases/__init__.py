"""Real databases for tests, each as an SQLAlchemy URL to an empty database of the test's own."""
