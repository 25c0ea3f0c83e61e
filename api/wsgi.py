"""The application for a WSGI server, named in `api.server`. The one module of the API that reads the environment."""

from __future__ import annotations

from api.application import create_app
from settings import from_environment

app = create_app(from_environment())
