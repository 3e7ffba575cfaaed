"""The storm: reports in words, each with the true event it speaks of, to measure fusion by and to tire the engine with.

Nothing here is known to the engine. Frames are ours, written for this; what they are filled with is drawn from a seed.
"""
