"""What feeds have to be: Atom by a grammar of RFC 4287 and by its other rules, JSON Feed by its rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

#: The elements of the format that RFC 4287 has, how often each may be there, and what is in it.
_GRAMMAR = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start>
    <element name="feed">
      <ref name="common"/>
      <interleave>
        <ref name="meta"/>
        <optional><element name="generator"><ref name="common"/><text/></element></optional>
        <optional><element name="subtitle"><ref name="text"/></element></optional>
        <zeroOrMore><ref name="entry"/></zeroOrMore>
      </interleave>
    </element>
  </start>
  <define name="entry">
    <element name="entry">
      <ref name="common"/>
      <interleave>
        <ref name="meta"/>
        <optional><element name="published"><ref name="date"/></element></optional>
        <optional><element name="summary"><ref name="text"/></element></optional>
        <optional><element name="content"><ref name="text"/></element></optional>
      </interleave>
    </element>
  </define>
  <define name="meta">
    <interleave>
      <element name="id"><ref name="common"/><data type="anyURI"/></element>
      <element name="title"><ref name="text"/></element>
      <element name="updated"><ref name="date"/></element>
      <zeroOrMore>
        <element name="author">
          <ref name="common"/>
          <interleave>
            <element name="name"><text/></element>
            <optional><element name="uri"><data type="anyURI"/></element></optional>
          </interleave>
        </element>
      </zeroOrMore>
      <zeroOrMore>
        <element name="link">
          <ref name="common"/>
          <attribute name="href"><data type="anyURI"/></attribute>
          <optional><attribute name="rel"/></optional>
          <optional><attribute name="type"/></optional>
          <optional><attribute name="title"/></optional>
          <empty/>
        </element>
      </zeroOrMore>
    </interleave>
  </define>
  <define name="text">
    <ref name="common"/>
    <optional><attribute name="type"><choice><value>text</value><value>html</value></choice></attribute></optional>
    <text/>
  </define>
  <define name="date"><ref name="common"/><data type="dateTime"/></define>
  <define name="common">
    <optional><attribute name="xml:lang"><data type="language"/></attribute></optional>
    <optional><attribute name="xml:base"><data type="anyURI"/></attribute></optional>
  </define>
</grammar>
"""
_ATOM = "{http://www.w3.org/2005/Atom}"
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})")
#: What no reader of feeds may be given, and what leads nowhere without the page.
_REFUSED = ("script", "style", "iframe", "object", "embed", "form", "input", "meta", "link")
_ADDRESSES = {"a": "href", "img": "src"}


def atom_complaints(data: bytes) -> Iterator[str]:
    """What is wrong with a feed of Atom."""
    root = etree.fromstring(data)
    grammar = etree.RelaxNG(etree.fromstring(_GRAMMAR))
    if not grammar.validate(root):
        yield from (str(error) for error in grammar.error_log)
        return
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{_ATOM}link")}
    if links.keys() != {"self", "alternate"}:
        yield "the feed does not say where it is, and which page it is about"
    if root.find(f"{_ATOM}author") is None:
        yield "it has no author"
    entries = root.findall(f"{_ATOM}entry")
    names = [entry.findtext(f"{_ATOM}id") for entry in entries]
    if len(set(names)) < len(names):
        yield "two entries have one identifier"
    times = [entry.findtext(f"{_ATOM}updated") for entry in entries]
    if times and root.findtext(f"{_ATOM}updated") != max(times):
        yield "the feed is not of the time of its newest entry"
    yield from _values(root)
    for address in links.values():
        yield from _address(address)
    for entry in entries:
        published, updated = (datetime.fromisoformat(entry.findtext(f"{_ATOM}{name}")) for name in _TIMES)
        if published > updated:
            yield "it was published after it was updated"
        yield from html_complaints(entry.findtext(f"{_ATOM}content"))
        for link in entry.findall(f"{_ATOM}link"):
            yield from _address(link.get("href"))


_TIMES = ("published", "updated")


def _values(root: etree._Element) -> Iterator[str]:
    for element in root.iter(f"{_ATOM}id", f"{_ATOM}updated", f"{_ATOM}published", f"{_ATOM}title"):
        if not (element.text or "").strip():
            yield f"{element.tag} is empty"
        elif element.tag in (f"{_ATOM}updated", f"{_ATOM}published") and not _MOMENT.fullmatch(element.text):
            yield f"{element.text} is no time of RFC 3339"
        elif element.tag == f"{_ATOM}id" and not urlsplit(element.text).scheme:
            yield f"{element.text} is no absolute URI"


def json_feed_complaints(data: bytes) -> Iterator[str]:
    """What is wrong with a feed of JSON Feed 1.1."""
    feed: dict[str, Any] = json.loads(data)
    known = {"version", "title", "home_page_url", "feed_url", "language", "authors", "items"}
    if feed.keys() != known:
        yield f"it has other keys: {sorted(feed.keys() ^ known)}"
    if feed["version"] != "https://jsonfeed.org/version/1.1" or not feed["title"]:
        yield "it has another version, or no title"
    for author in feed["authors"]:
        if not author.get("name"):
            yield "an author has no name"
    for name in ("home_page_url", "feed_url"):
        yield from _address(feed[name])
    names = [item["id"] for item in feed["items"]]
    if len(set(names)) < len(names):
        yield "two items have one identifier"
    for item in feed["items"]:
        if item.keys() - {"id", "url", "title", "content_html", "date_published", "date_modified"}:
            yield f"an item has other keys: {sorted(item)}"
        if not all(isinstance(value, str) for value in item.values()) or not item["id"]:
            yield "an item has other values than texts"
        yield from (f"{item[name]} is no time" for name in _DATES if not _MOMENT.fullmatch(item[name]))
        yield from html_complaints(item["content_html"])
        yield from _address(item["url"]) if "url" in item else ()


_DATES = ("date_published", "date_modified")


def html_complaints(text: str) -> Iterator[str]:
    """What is wrong with the HTML of an entry."""
    parser = etree.HTMLParser(recover=True)
    for element in html.fragment_fromstring(text, create_parent=True, parser=html.HTMLParser()).iter():
        if element.tag in _REFUSED:
            yield f"there is an element {element.tag}"
        for name, value in element.attrib.items():
            if name == "id" or name.startswith("on"):
                yield f"there is an attribute {name}"
            if _ADDRESSES.get(element.tag) == name:
                yield from _address(value)
    etree.fromstring(f"<div>{text}</div>", parser)
    # docutils writes what is XML as well, so that each element is closed
    etree.fromstring(f"<div>{text}</div>")


def _address(text: str) -> Iterator[str]:
    if urlsplit(text).scheme not in ("http", "https", "mailto", "ircs", "irc", "matrix") or re.search(r"\s", text):
        yield f"{text} is no absolute address"
