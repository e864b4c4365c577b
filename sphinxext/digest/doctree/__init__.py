"""Docutils nodes for digests, notes and texts, with and without Sphinx.

Each text is parsed as a document of its own, so that names, substitutions and footnotes of one note never reach
another one or the page that shows it.
"""
