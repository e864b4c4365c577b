"""Cards of digests, which chats and social networks show beside a link to a page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from sphinxext.digest import __version__
from sphinxext.digest.extension.builders import file_uri, is_site
from sphinxext.digest.extension.cache import mark_of
from sphinxext.digest.extension.links import PageSummary, SiteContext, base_url, digest_pages, shown_collections
from sphinxext.digest.extension.published import File, Publisher, project_name
from sphinxext.digest.settings.options import CARDS, Settings


@cache
def _can_draw() -> bool:
    """Return True if this machine draws cards as PNG; it reads its fonts for that."""
    from sphinxext.digest.render.card import can_draw

    return can_draw()


class Cards(Publisher):
    """The cards of the digests that have a page, in SVG and, if the machine can draw them, as PNG."""

    name = "cards"

    def files(self) -> Iterator[File]:
        """Yield one or two files for each page of a digest, if the collection wants cards."""
        if not is_site(self.app.builder):
            return
        site = SiteContext(self.app.env, self.app.builder)
        for settings in shown_collections(site.env):
            if CARDS in settings.publish:
                for docname, page in digest_pages(site.env, settings).items():
                    svg = _svg(site, settings, page)
                    state = mark_of(__version__, svg).hex()
                    yield File(f"{docname}.svg", state, partial(_made, f"{docname}.svg", svg.encode()))
                    if _can_draw():
                        yield File(f"{docname}.png", state, partial(_drawn, f"{docname}.png", svg))


def card_values(site: SiteContext, settings: Settings, docname: str, page: PageSummary) -> dict[str, str]:
    """Return the properties by which services find the card of a page: they need an absolute address."""
    base = base_url(site, settings)
    if CARDS not in settings.publish or not page.name or not base:
        return {}
    from sphinxext.digest.render.card import HEIGHT, WIDTH

    suffix = "png" if _can_draw() else "svg"
    return {
        "og:image": f"{base}{file_uri(docname)}.{suffix}",
        "og:image:type": "image/png" if suffix == "png" else "image/svg+xml",
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": _title(site, settings, page),
        "twitter:card": "summary_large_image",
    }


def _title(site: SiteContext, settings: Settings, page: PageSummary) -> str:
    # a build without cards has no use for what composes digests
    from sphinxext.digest.collection.compose import named_title

    return named_title(page.title, settings, project_name(site), site.messages)


def _svg(site: SiteContext, settings: Settings, page: PageSummary) -> str:
    from sphinxext.digest.render.card import card_svg

    title = _title(site, settings, page)
    facts = " · ".join(fact for fact in page.facts if fact and fact not in title)
    return card_svg(title, facts, page.titles, settings.accent, (site.config.language or "en").replace("_", "-"))


def _made(path: str, data: bytes) -> tuple[str, bytes]:
    return path, data


def _drawn(path: str, svg: str) -> tuple[str, bytes]:
    from sphinxext.digest.render.card import card_png

    return path, card_png(svg)
