"""Plans: how the databases would run every statement of the program when there is much to find. Nothing is executed."""
