"""What git knows of the fragments."""
