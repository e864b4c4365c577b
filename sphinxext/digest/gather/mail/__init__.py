"""Draft summaries of threads from archives of mailing lists."""
