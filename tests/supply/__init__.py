"""Supply: what others wrote of the program, for who must answer for it: which packages, under which licences.

Everything is made from deploy/locks/run.lock, and committed; tests/deploy/test_supply.py holds it to the lock.
"""
