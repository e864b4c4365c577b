"""SuccessBot on IRC: it hears successes and thanks, and commits them as fragments."""
