"""Drafts of fragments from what other programs know."""
