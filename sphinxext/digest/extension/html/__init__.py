"""HTML pages: decorations, the head, the filter."""
