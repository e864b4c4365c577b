"""Settings of the documentation."""

project = "Harbour"
extensions = ["myst_parser", "sphinxext.digest"]
html_theme = "furo"
