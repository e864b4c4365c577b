"""Collections of notes: load them, select from them, index them for archive pages, and compose digests."""
