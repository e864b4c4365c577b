"""The directive ``example``: reStructuredText as it is written, and below it what a build makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class Example(SphinxDirective):
    """Its content twice: the source, and the result in a box of its own.

    With the option ``file`` the source that is shown is a file's, relative to the project, such as a fragment; the
    content then only makes the result.
    """

    has_content = True
    option_spec = {"file": directives.path}  # noqa: RUF012 - as docutils has it

    def run(self) -> list[nodes.Node]:
        """The source and the result."""
        self.assert_has_content()
        self.env.note_dependency(__file__)
        text, language = "\n".join(self.content), "rst"
        if "file" in self.options:
            relative, path = self.env.relfn2path(f"/../../{self.options['file']}")
            self.env.note_dependency(relative)
            with open(path, encoding="utf-8") as stream:  # noqa: PTH123 - Sphinx gives a string
                text, language = stream.read().rstrip(), "yaml"
        source = nodes.literal_block(text, text, language=language)
        self.set_source_info(source)
        result = nodes.container("", classes=["shown-result"])
        self.state.nested_parse(self.content, self.content_offset, result)
        return [nodes.container("", source, result, classes=["shown-example"])]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive and its styles."""
    app.add_directive("example", Example)
    app.add_css_file("showcase.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
