project = "Kinds"
copyright = "2015, Somebody"
author = "Somebody"
release = version = "1.0"
extensions = ["sphinxext.digest"]
html_theme = "alabaster"
html_show_sphinx = False
latex_documents = [("index", "kinds.tex", "Kinds", "Somebody", "manual")]
man_pages = [("index", "kinds", "Kinds", ["Somebody"], 7)]
texinfo_documents = [("index", "kinds", "Kinds", "Somebody", "Kinds", "", "Miscellaneous")]
epub_show_urls = "footnote"
nitpicky = True
show_warning_types = True
gettext_additional_targets = ["literal-block", "doctest-block"]
html_baseurl = "https://kinds.example/"
digest_week_start = "saturday"
