"""Files beside the pages: feeds, calendars and indexes."""
