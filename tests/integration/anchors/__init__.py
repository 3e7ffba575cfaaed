"""Anchors: what a second place knows of a database whose end was dropped."""
