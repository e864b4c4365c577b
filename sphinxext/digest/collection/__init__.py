"""From fragments to digests: load, archive, select, and compose."""
