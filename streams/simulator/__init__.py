"""A city that plays along: reporters, duty officers and units, so that the loop runs with nobody at the keyboard.

What happens is one thing (`scenario` and what it is made of: pure, derived from a seed), how people act on it
another (`conduct` of officers, `timeline` of units: pure too), and carrying it out a third (`reporters`, `officers`,
`units`, `simulator`). Nothing here is known to the engine, and nothing of the engine is used but its public doors:
the topics, and the gateway. Production without a simulator loses nothing.
"""
