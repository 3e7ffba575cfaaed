"""The guide for integrators, done as it stands there: its programs are built, run, and held to the contract."""
