"""From a digest to something to read outside the documentation: plain text, HTML, reStructuredText, Markdown, JSON."""
