"""The conformance kit against systems of units that are right, and wrong in one thing each."""
