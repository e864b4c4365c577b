"""Small graphs of commits without a repository."""

from __future__ import annotations

from pathlib import Path

from sphinxext.digest.release.graph import Graph


def make_graph(text: str) -> Graph:
    """A graph of ``commit:parent,parent`` by spaces, the newest commit first; each is a second older than the last."""
    graph = Graph(Path("there", "is", "none"))
    for age, part in enumerate(text.split()):
        name, _, parents = part.partition(":")
        graph.parents[name.encode()] = tuple(parent.encode() for parent in parents.split(",") if parent)
        graph.dates[name.encode()] = 1_500_000_000 - age
    graph._is_complete = True
    return graph
