"""What people told SuccessBot, from logs of chats."""
