"""Fragments: their fields, reading them with all their problems, finding, writing and describing them."""
