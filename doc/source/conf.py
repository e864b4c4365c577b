"""The settings of this documentation, which is also the showcase of the extension."""

import os
import sys
from pathlib import Path

from sphinxext.digest import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "sphinxext-digest"
author = "The sphinxext-digest contributors"
project_copyright = author
version = release = __version__

extensions = [
    "sphinxext.digest",
    "sphinx_copybutton",
    # Directives of this documentation: references made from the code, and examples with their result.
    "generated_reference",
    "shown_example",
]
exclude_patterns = ["_ext"]

# Most options of the digests are in releasenotes/digest.yaml, since the command needs them as well. Those that matter
# to a build alone can stand here: links in our few own news are links, and no list of them is needed.
digest_references = False

html_static_path = ["_static"]
# Where this is published, if that is known: feeds have whole addresses.
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
# What a button copies of a console is the commands, without their prompts and what they print.
copybutton_prompt_text = r"\$ |> |>>> "
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = "\\"
html_theme = "sphinx_rtd_theme"
html_title = f"sphinxext-digest {release}"
html_theme_options = {"navigation_depth": 4}
html_show_sphinx = False

# People write in all scripts of the world, in the direction of each. A font that lacks a character asks the next one.
latex_engine = "lualatex"
latex_elements = {
    "papersize": "a4paper",
    "polyglossia": "",
    "babel": r"\usepackage[bidi=basic, english]{babel} \babelprovide[import, onchar=ids fonts]{arabic}",
    "fontpkg": r"""
\directlua{luaotfload.add_fallback("world", {
  "DejaVu Sans:mode=harf;", "Droid Sans Fallback:mode=harf;", "Noto Color Emoji:mode=harf;"
})}
\defaultfontfeatures{Renderer=HarfBuzz, RawFeature={fallback=world}}
\setmainfont{FreeSerif}
\setsansfont{FreeSans}
\setmonofont{FreeMono}
\babelfont[arabic]{rm}{FreeSerif}
\babelfont[arabic]{sf}{FreeSerif}
\babelfont[arabic]{tt}{FreeMono}
""",
}
latex_documents = [("index", "sphinxext-digest.tex", project, author, "manual")]
man_pages = [("reference/commands", "sphinx-digest", "digests out of small YAML files", author, 1)]
texinfo_documents = [("index", "sphinxext-digest", project, author, "sphinxext-digest", "Community digests", "Sphinx")]
epub_show_urls = "no"
# The doctrees are in the folder of the book, unless -d puts them elsewhere; they are no part of it.
suppress_warnings = ["epub.unknown_project_files"]
