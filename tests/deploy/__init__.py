"""The files under deploy/ that start the program, held to it: no Docker engine or Kubernetes runs them here."""
