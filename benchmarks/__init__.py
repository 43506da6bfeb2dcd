"""Measurements: each sub-package or module is one command that prints its numbers."""
