"""Text of any origin: escape it, make it visible, decode it, measure it."""
