"""The browser of the tests of pages."""

from browser.conftest import driver as driver
