"""Reasons 理由: why a log holds what it holds, as lines for a terminal. Pure: events and rulebooks in, text out.

One room for each kind of choice: levels, fusion, warnings, commands; each says the rule, the number, the words it was
read from, the source, and what would have come next nearest. Nothing is judged again here; what a fact does not say
itself is looked up in the rulebook that it was made under, and left out where that is not to be had.
"""
