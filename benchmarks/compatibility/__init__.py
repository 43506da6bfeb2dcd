"""What dbt's neighbours understand of the artifacts that a build leaves."""
