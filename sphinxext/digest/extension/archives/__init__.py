"""The archives of a collection: a page to each person, thread, channel and series, and all successes by year."""
