"""Tests of what weighs and records nothing."""
