"""What the page of a digest says to search engines: structured data as of schema.org, in JSON-LD."""

from __future__ import annotations

import json
from dataclasses import dataclass

#: What could end the element that the data stands in, or a line of a script.
_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Article:
    """A digest as an article. Addresses are absolute or empty, times as of RFC 3339."""

    headline: str
    description: str
    published: str
    updated: str
    url: str
    language: str
    author: str
    publisher: str
    collection: str
    collection_url: str


def json_ld(article: Article) -> str:
    """The data of an article, to stand in an element ``script``."""
    part = {"@type": "CreativeWorkSeries", "name": article.collection, "url": article.collection_url}
    data = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.headline,
        "description": article.description,
        "datePublished": article.published,
        "dateModified": article.updated,
        "inLanguage": article.language,
        "url": article.url,
        "mainEntityOfPage": article.url,
        "author": {"@type": "Organization", "name": article.author},
        "publisher": {"@type": "Organization", "name": article.publisher},
        "isPartOf": {name: value for name, value in part.items() if value},
    }
    known = {name: value for name, value in data.items() if value}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
