"""What the runner costs beside the SQL that it runs."""
