"""Program: one process of it, how it prepares, runs, tells how it is, and ends."""
