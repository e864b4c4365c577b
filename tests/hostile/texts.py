"""What a hostile fragment might say, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

#: Stands for the absolute path of a file outside of the project whose content is :data:`SECRET`.
SECRET_FILE = "@SECRET_FILE@"
SECRET = "do-not-publish-4711"
FORBIDDEN = "rst-forbidden"


@dataclass(frozen=True)
class Case:
    """A text of a fragment.

    :ivar code: of the problem that the text has; an empty string if it is shown as text without a problem.
    :ivar shown: words that the plain text of the page has: the text is not lost.
    """

    name: str
    text: str
    code: str = FORBIDDEN
    shown: str = ""


def _directive(name: str, argument: str = "", options: str = "", content: str = "content") -> str:
    lines = [f".. {name}:: {argument}".rstrip(), *(f"   {option}" for option in options.split("|") if option)]
    return "\n".join([*lines, "", *(f"   {line}" for line in content.split("\n") if content)])


TEXTS = [
    # HTML, LaTeX and scripts
    Case(
        "html", "<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;b&gt;", "", "<img src=x onerror=alert(1)>"
    ),
    Case("html-in-code", "``<script>alert(1)</script>``", "", "<script>alert(1)</script>"),
    Case("html-in-block", "::\n\n   </pre><script>alert(1)</script>", "", "</pre><script>alert(1)</script>"),
    Case("html-comment", "--> <!-- <![CDATA[ ]]> <?php ?>", "", "<![CDATA["),
    Case(
        "raw-html", _directive("raw", "html", content="<script>alert(1)</script>"), shown="<script>alert(1)</script>"
    ),
    Case("raw-latex", _directive("raw", "latex", content=r"\input{/etc/passwd}"), shown="\\input{/etc/passwd}"),
    Case("raw-file", _directive("raw", "html", f":file: {SECRET_FILE}", "")),
    Case("raw-url", _directive("raw", "html", ":url: file:///etc/passwd", "")),
    Case("raw-role", ":raw:`<script>`", shown="<script>"),
    Case("role-of-raw", _directive("role", "h(raw)", ":format: html", "") + "\n\n:h:`<script>`"),
    Case("default-role", _directive("default-role", "raw", content="")),
    Case(
        "latex",
        r"\\input{/etc/passwd} \\immediate\\write18{id} $\\catcode$ % # & ~ ^ _ { }",
        "",
        r"\input{/etc/passwd}",
    ),
    Case("latex-in-block", "::\n\n   \\end{sphinxVerbatim}\\input{/etc/passwd}", "", r"\input{/etc/passwd}"),
    Case("latex-in-url", "https://example.org/}\\\\input{/etc/passwd}", "", "example.org"),
    Case("eval-rst", _directive("eval-rst", content=".. raw:: html")),
    # formulas
    Case("formula-input", r":math:`\input{/etc/passwd}`", shown=r"\input{/etc/passwd}"),
    Case("formula-write", r":math:`\immediate\write18{id}`", shown=r"\write18"),
    Case("formula-link", _directive("math", content=r"\href{javascript:alert(1)}{x}"), shown=r"\href{javascript:"),
    Case("formula-style", r":math:`\style{background:url(http://example.org)}{x}`"),
    Case("formula-id", r":math:`\cssId{x}{y} \class{z}{y}`"),
    Case("formula-name", r":math:`\csname input\endcsname`"),
    Case("formula-define", r":math:`\def\x{\input}\x`"),
    Case("formula-environment", r":math:`\begin{input}{/etc/passwd}\end{input}`"),
    Case("formula-end", r":math:`\) \input{/etc/passwd}`"),
    Case("formula-close", r":math:`a} \frac{b}`", "rst"),
    Case("formula-open", r":math:`{{a`", "rst"),
    Case("formula-dollar", ":math:`$ x $`", "rst"),
    Case("formula-comment", ":math:`a % b`", "rst"),
    Case("formula-code", ":math:`^^5cinput x`", "rst"),
    Case("formula-unwrapped", _directive("math", "", ":nowrap:", r"\end{document}"), shown=r"\end{document}"),
    Case("formula-label", _directive("math", "x = 1", ":label: euler", ""), ""),
    Case("formula-label-by-name", _directive("math", "x = 2", ":name: euler", ""), ""),
    Case(
        "formula-in-words",
        r"\\(\\href{javascript:alert(1)}{x}\\) \\[a\\] $$\\unicode{65}$$",
        "",
        r"\(\href{javascript:",
    ),
    Case("formula-in-keys", r":kbd:`\\(\\href{javascript:alert(1)}{x}\\)`", "", "javascript:"),
    # links
    *(
        Case(f"link-{number}", f"`word <{target}>`__ and `other <{target}>`_", "bad-url", "word and other")
        for number, target in enumerate(
            (
                "javascript:alert(1)",
                "JaVaScRiPt:alert(1)",
                "vbscript:x",
                "data:text/html,x",
                "file:///etc/passwd",
                "blob:x",
                "view-source:x",
                "jar:x",
            )
        )
    ),
    Case("link-by-target", "word_\n\n.. _word: javascript:alert(1)", "bad-url", "word"),
    Case("link-by-anonymous-target", "word__\n\n__ javascript:alert(1)", "bad-url", "word"),
    Case("link-by-indirect-target", "word_\n\n.. _word: other_\n.. _other: javascript:alert(1)", "bad-url", "word"),
    Case("link-by-picture", _directive("image", "/pixel.png", ":target: javascript:alert(1)", ""), "bad-url"),
    Case("link-by-figure", _directive("figure", "/pixel.png", ":target: data:text/html,x", ""), "bad-url"),
    Case("link-by-replacement", "|x|_\n\n.. |x| replace:: word\n.. _x: javascript:alert(1)", "bad-url"),
    *(
        Case(f"link-host-{number}", f"`word <{target}>`__", "bad-url", "word")
        for number, target in enumerate(("http://[a", "//[x", "https://x\u2100y/"))
    ),
    Case("link-host-by-itself", "See http://[::1 there.", "", "http://[::1"),
    Case("image-host", _directive("image", "http://[a", content=""), "rst"),
    Case("link-by-itself", "javascript:alert(1)", "", "javascript:alert(1)"),
    # files of the machine
    Case("include", _directive("include", SECRET_FILE, content="")),
    Case("include-up", _directive("include", "../secret.txt", content="")),
    Case("literalinclude", _directive("literalinclude", SECRET_FILE, content="")),
    Case("csv-file", _directive("csv-table", "", f":file: {SECRET_FILE}", "")),
    Case("csv-url", _directive("csv-table", "", f":url: file://{SECRET_FILE}", "")),
    Case("download", f":download:`x <{SECRET_FILE}>`", shown="x"),
    Case("download-up", ":download:`../secret.txt`"),
    Case("role-of-an-extension", ":runs:`id`", shown="id"),
    Case("image-absolute", _directive("image", f"/{SECRET_FILE}", content=""), "rst"),
    Case("image-up", _directive("image", "../secret.txt", content=""), "rst"),
    Case("image-url-of-a-file", _directive("image", f"file://{SECRET_FILE}", content=""), "rst"),
    Case("image-data", _directive("image", "data:image/svg+xml,<svg onload=alert(1)>", content=""), "rst"),
    Case("image-embedded", _directive("image", "/picture.svg", ":loading: embed", ""), "rst"),
    Case("image-of-a-folder", _directive("image", "/", content=""), "rst"),
    Case("figure-of-a-folder", _directive("figure", "./", content=""), "rst"),
    # the rest of the page and the project
    *(
        Case(name, _directive(name, argument))
        for name, argument in {
            "only": "html",
            "ifconfig": "True",
            "toctree": "",
            "index": "single: host",
            "glossary": "",
            "title": "Hijacked",
            "meta": "",
            "class": "hidden",
            "contents": "",
            "sectnum": "",
            "header": "",
            "footer": "",
            "highlight": "c",
            "sidebar": "x",
            "topic": "x",
            "program": "host",
            "option": "--host",
            "envvar": "HOST",
            "confval": "host",
            "module": "host",
            "py:function": "host.open()",
            "py:module": "host",
            "c:function": "int x()",
            "default-domain": "c",
            "tabularcolumns": "x",
            "sectionauthor": "x",
            "target-notes": "",
            "date": "",
            "automodule": "antigravity",
            "autoclass": "os.path",
            "autosummary": "os",
            "graphviz": "",
            "plot": "x.py",
            "jupyter-execute": "",
            "exec": "",
            "runblock": "",
            "command-output": "id",
            "program-output": "id",
            "release-notes": "",
            "digest": "latest",
            "digest-collection": "",
            "countdown": "x",
        }.items()
    ),
    Case("meta-refresh", _directive("meta", "", ":http-equiv=refresh: 0; url=https://example.org", "")),
    Case(
        "substitution-of-the-project",
        ".. |release| replace:: hijacked\n.. |host word| replace:: hijacked\n\nx",
        "",
        "x",
    ),
    Case("target-of-the-page", ".. _host label:\n.. _index:\n.. _genindex:\n.. _search:\n\nhijacked", "", "hijacked"),
    Case("name-of-the-page", _directive("code-block", "c", ":name: host label|:caption: c", "x"), "", "x"),
    Case(
        "name-of-a-figure",
        _directive("figure", "/pixel.png", ":name: host label|:class: host", "caption"),
        "",
        "caption",
    ),
    Case("footnote", "[1]_ [#host]_ [Cite]_\n\n.. [1] a\n.. [#host] b\n.. [Cite] c", "", "[Cite]"),
    Case("index-role", ":index:`hijacked entry` :pep:`8` :envvar:`HOSTVARIABLE`", "", "hijacked entry"),
    Case("heading", "Host\n====\n\ntext", "rst", "Host"),
    Case("classes", _directive("container", "toctree-wrapper body mathjax_process", ":name: searchbox", "x"), "", "x"),
    # what has no end, or ends a build
    Case("columns", _directive("hlist", "", ":columns: 100000000", "* a"), "rst"),
    Case("no-columns", _directive("hlist", "", ":columns: 0", "* a"), "rst"),
    Case("lines", _directive("code-block", "c", ":emphasize-lines: 1-900000000", "x"), "rst"),
    Case(
        "laughs",
        "|a5|\n\n"
        + "\n".join([".. |a0| replace:: ha", *(f".. |a{n}| replace:: " + f"|a{n - 1}| " * 20 for n in range(1, 6))]),
        "rst",
    ),
    Case("circle", "|a|\n\n.. |a| replace:: |b|\n.. |b| replace:: |a|", "rst"),
    Case("surrogate", "x |y| z\n\n.. |y| unicode:: 0xD800", "rst", "x \ufffd z"),
    Case("escape", "x |y| z\n\n.. |y| unicode:: 0x1B", "rst", "x \ufffd z"),
    Case("no-character", "x |y| z\n\n.. |y| unicode:: 0xFFFF", "rst", "x \ufffd z"),
    Case("role-that-fails", ":guilabel:`&` :menuselection:`&`", "rst", "&"),
    Case("acronym", ":acronym:`HTML (x)` :ac:`y`", "", "HTML"),
    Case("nested", "\n".join(f"{'  ' * depth}* x\n" for depth in range(200)), "rst"),
    Case("brackets", ":c:expr:`" + "(" * 3000 + "x`", "rst"),
    # domains parse these in exponential time, when they read them or when they look for the target
    *(
        Case(f"expression-{number}", f":{role}:`{text}`", "rst", text[:30].strip())
        for number, (role, text) in enumerate(
            (
                *(("cpp:expr", unit * 20) for unit in ("(", "a<", "a<(", "a<b,", "void(")),
                *(("c:expr", unit * 20) for unit in ("a(", "(a", "(a*")),
                *((role, "a<a(a<" * 8 + "x") for role in ("cpp:texpr", "cpp:class", "cpp:func", "any", "cpp:any")),
                ("cpp:class", "words <" + "a::(" * 20 + ">"),
                ("cpp:expr", "* " * 200 + "x"),
            )
        )
    ),
    Case("expressions", ":cpp:class:`a<b<c<`\n\n" * 100, "rst"),
    Case("long-role", ":abbr:`" + "a " * 2000 + "<`", "rst"),
]
