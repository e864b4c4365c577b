"""A homeserver for all tests of one process; its users and rooms are each test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .synapse import Homeserver, User


@pytest.fixture(scope="session")
def homeserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """A server that runs."""
    server = Homeserver(tmp_path_factory.mktemp("synapse"))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def ada(homeserver: Homeserver) -> User:
    """A user."""
    return homeserver.register("ada", "Ada Byron")


@pytest.fixture
def bob(homeserver: Homeserver) -> User:
    """Another one."""
    return homeserver.register("bob", "Bob B.")
