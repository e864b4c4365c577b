"""From a digest to something to read outside the documentation: text, HTML, RST, Markdown, JSON, and mails of it."""
