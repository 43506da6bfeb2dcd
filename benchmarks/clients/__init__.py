"""The published file as older DuckDB clients see it."""
