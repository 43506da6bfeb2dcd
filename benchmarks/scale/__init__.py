"""What a shop of a million people costs: the first build, the day after, and how both grow."""
