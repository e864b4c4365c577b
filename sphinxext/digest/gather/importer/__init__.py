"""Older digests, as mails, web pages and exports, to fragments.

``sources`` turns a file into posts, all of one form whatever the file is; ``sections`` and ``kinds`` find out what a
post consists of; ``fragments`` makes YAML of it, and ``plan`` compares that with what a folder has.
"""
