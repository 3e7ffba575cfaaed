"""What is watched, read by the tools of Prometheus themselves."""
