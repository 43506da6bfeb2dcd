"""The same models built by dbt and by Coterie, compared row for row."""
