"""Keeps other web sites' pages from submitting or cancelling sweeps through a user's browser.

The service has no log-in, so being asked from this machine is all the right one needs; a page from elsewhere, open in
a browser here, would have it too. Programs send none of these headers and are not concerned.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from api.problems import Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def check() -> None:
    """Refuse what changes something and comes from a page of another site; raises `Problem` 403."""
    if request.method not in SAFE_METHODS and _is_foreign():
        raise Problem(403, "Requests from pages of other sites are not taken.", title="Forbidden")


def _is_foreign() -> bool:
    """By the browser's own word where it gives it; older ones tell the page's origin alone."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("none", "same-origin")
    origin = request.headers.get("Origin")
    return origin is not None and _host_of(origin) != request.host


def _host_of(origin: str) -> str | None:
    """Host and port of an origin; None for what is none (`http://[::1`), which is no page of ours."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
