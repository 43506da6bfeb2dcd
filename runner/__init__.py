"""Coterie's runner: reads a project of SQL models, builds it in DuckDB, publishes the result."""
