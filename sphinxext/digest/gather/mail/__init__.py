"""Drafts of thread summaries from archives of mailing lists."""
