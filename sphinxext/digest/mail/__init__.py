"""Mails of digests: compose a message, send it, and record what was sent."""
