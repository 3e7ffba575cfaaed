"""Golden logs: logs as released versions of the contract wrote them, with the digest of what they fold to.

`python -m tests.golden` writes those of a version that has none yet, and refuses for one that has: what was released
is never written anew. A change that folds one of them to something else breaks replay and audit of what cities hold.
"""
