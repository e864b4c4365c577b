"""Collect the successes and thanks of exports of chats: Slack, Discord, Zulip, Mattermost and others."""
