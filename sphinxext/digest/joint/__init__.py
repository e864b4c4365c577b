"""Notes of other projects, read from the indexes that they publish."""
