"""Answers only under names that are this service's own, so that no web site's name can stand for it.

A page elsewhere may point its own name at this machine (DNS rebinding): to the browser the service is then of the
page's site, and `api.origins` sees nothing foreign. Such requests carry the page's name as their Host. An address in
digits cannot be pointed elsewhere, so every one is taken; Flask's TRUSTED_HOSTS can neither say that nor hold IPv6.
"""

from __future__ import annotations

from ipaddress import ip_address

from flask import current_app, request
from werkzeug.sansio.utils import host_is_trusted

from api.problems import Problem

OWN = ("localhost", ".localhost")
CONFIG = "BACKSWEEP_ALLOWED_HOSTS"


def check() -> None:
    """Refuse a Host that is neither an address in digits nor an allowed name; raises `Problem` 421."""
    host = request.host.lower()
    if not _is_address(host) and not host_is_trusted(host, (*OWN, *current_app.config[CONFIG])):
        named = repr(request.host) if host else "the one that was sent"
        raise Problem(
            421,
            f"The service does not answer under the Host {named}. Ask for it by its address or as localhost, or have "
            f"its operator add the name to {CONFIG}.",
            title="Misdirected Request",
        )


def _is_address(host: str) -> bool:
    """For a `host` or `host:port` whose characters were checked; IPv6 stands in brackets."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
