"""Draft stories from feeds: Atom, RSS and JSON Feed."""
