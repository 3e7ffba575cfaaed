"""Stand-ins for the world that tests move by hand; never a mock of what we own."""
