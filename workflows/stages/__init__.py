"""The rules of the five stages, one file each. A rule reads the ledger's incident and records what follows."""
