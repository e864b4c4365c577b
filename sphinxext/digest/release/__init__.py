"""Release notes as reno has them: find them in git's history and read them."""
