"""One SHA-256 for a model: over the names and contents of all its files.

What `find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum` prints in the model's folder, so that
no program of ours is needed to compare it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})


def files_digest(files: Mapping[str, bytes]) -> str:
    """The digest of files given by their paths in the folder; 64 hexadecimal digits."""
    lines = (_line(path, files[path]) for path in sorted(files, key=_bytes))
    return hashlib.sha256(b"".join(lines)).hexdigest()


def folder_files(folder: Path) -> dict[str, bytes]:
    """All files below a folder by their paths in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _line(path: str, content: bytes) -> bytes:
    """A line as `sha256sum` prints it: names that could be taken for more than one line are escaped."""
    escaped = path.translate(_ESCAPES)
    mark = "\\" if escaped != path else ""
    return f"{mark}{hashlib.sha256(content).hexdigest()}  ./".encode() + _bytes(escaped) + b"\n"


def _bytes(path: str) -> bytes:
    return path.encode(errors="surrogateescape")
