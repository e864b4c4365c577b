"""Downloads with limits of time and size."""
