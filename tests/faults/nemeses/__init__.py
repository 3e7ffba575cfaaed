"""Nemeses: what is done to the stack, one file a kind of victim. Each draws from the seed and notes what it did.

Never in here: a judgement; a nemesis adds only figures that it alone can measure.
"""
