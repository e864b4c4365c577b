"""Gather drafts from chats, mails, feeds, reviews, schedules and older digests. Only the command imports this."""
