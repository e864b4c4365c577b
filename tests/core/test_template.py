"""Templates: what is missing is a problem, what is optional is a comment."""

from __future__ import annotations

import pytest
import yaml

from sphinxext.digest.fragments.fields import SECTION_FIELDS
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.schema import holes_of, template
from sphinxext.digest.problems import Code


def test_form() -> None:
    assert template(SECTION_FIELDS["threads"], {"url": "https://example.org"}, "2015-12-02") == (
        "---\n"
        "date: 2015-12-02\n"
        "threads:\n"
        "  - title:  # The heading.\n"
        "    url: https://example.org\n"
        "    # state:  # How far the discussion has come; “open” if nothing is said. (one of open, continuing, done)\n"
        "    # continues:  # The earlier fragment with the part that this one continues. (an identity or a slug)\n"
        "    # participants:  # Who wrote, and how many messages each of them. (names with numbers of messages)\n"
        "    # summary: |  # The summary.\n"
    )


@pytest.mark.parametrize("section", SECTION_FIELDS.values(), ids=SECTION_FIELDS)
def test_what_is_missing_is_a_problem(section) -> None:
    text = template(section, {}, "2015-12-02")

    _, problems = read_fragment(text.encode(), "x.yaml", "x-0123456789abcdef")

    assert [problem.code for problem in problems] == [Code.EMPTY_TEXT] * len(holes_of(section, {}))
    assert problems


@pytest.mark.parametrize("section", SECTION_FIELDS.values(), ids=SECTION_FIELDS)
def test_every_key_can_be_uncommented(section) -> None:
    text = template(section, {}, "2015-12-02").replace("    # ", "    ")

    assert yaml.safe_load(text)[section.name][0].keys() == section.fields.keys() - {"date"}


def test_a_countdown_needs_one_of_its_texts() -> None:
    section = SECTION_FIELDS["countdown"]

    assert holes_of(section, {}) == ["series", "focus"]
    assert holes_of(section, {"series": "mitaka", "dates": "x"}) == []
