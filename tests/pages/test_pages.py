"""The pages for people, as text and in a real browser that reaches nothing but this machine."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import requests


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_load_nothing_from_elsewhere(address: str, path: str) -> None:
    page = requests.get(address + path, timeout=100)
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    loaded = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]*)"', page.text)
    assert loaded
    for part in loaded:
        assert part.startswith("/")
        assert requests.get(address + part, timeout=100).status_code == 200


def test_the_front_page_shows_the_sweeps_and_where_things_are(address: str) -> None:
    page = requests.get(address, timeout=100).text
    assert "&lt;b&gt;bold &amp; &#39;quoted&#39;&lt;/b&gt;" in page
    assert "http://127.0.0.1:8701" in page
    for link in re.findall(r'<a [^>]*href="(/[^"]*)"', page):
        assert requests.get(address + link, timeout=100).status_code == 200, link


def test_the_documentation_shows_every_address_without_a_network(address: str, rendered: Callable[[str], str]) -> None:
    document = requests.get(f"{address}/openapi.json", timeout=100).json()
    page = rendered(f"{address}/docs")
    shown = {path.replace("​", "") for path in re.findall(r'data-path="([^"]+)"', page)}
    assert shown == set(document["paths"])
    assert "Failed to load" not in page


def test_a_sweep_that_has_finished_is_done_though_its_trials_diverged_early(
    address: str, finish: Callable[[], None]
) -> None:
    assert 'value="0" title="0%"' in requests.get(address, timeout=100).text
    finish()
    assert 'value="100" title="100%"' in requests.get(address, timeout=100).text
