"""What the log says about heat and about how well areas and units work."""
