"""Collectors: drafts of fragments from chats, mails, feeds, reviews, schedules and older digests."""
