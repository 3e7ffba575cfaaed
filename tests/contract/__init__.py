"""One behaviour, several engines: what holds for the stand-in holds for the real server."""
