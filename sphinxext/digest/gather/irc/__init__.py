"""Collect the successes that people told SuccessBot from chat logs."""
