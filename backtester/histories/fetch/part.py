"""A file that is coming: `.part` beside its name, and what it takes to go on with it after a break."""

import json
from dataclasses import dataclass
from pathlib import Path

import requests

from backtester.files import write_text


@dataclass(frozen=True)
class Part:
    """The beginning of the file that will stand at `final`, and beside it which content that was.

    A name in the cache belongs to one address, so that the address need not be noted.
    """

    final: Path

    @property
    def path(self) -> Path:
        """Where the bytes gather."""
        return self.final.with_name(f"{self.final.name}.part")

    @property
    def _notes(self) -> Path:
        return self.final.with_name(f"{self.final.name}.part.json")

    @property
    def size(self) -> int:
        """The bytes at hand."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def validator(self) -> str | None:
        """What the server called this very content, where that is known: a strong ETag, or a date."""
        try:
            notes = json.loads(self._notes.read_text(encoding="utf-8"))
            return str(notes["validator"])
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def range_headers(self) -> dict[str, str]:
        """Headers that ask for the rest, if the file is still the same; none where it has to begin anew."""
        validator = self.validator()
        if validator is None or not self.size:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": validator}

    def begin(self, response: requests.Response) -> None:
        """Empty, with a note of what the server calls the content that it is about to send."""
        self.clear()
        tag = response.headers.get("ETag", "")
        validator = tag if tag.startswith('"') else response.headers.get("Last-Modified")
        if validator and response.headers.get("Accept-Ranges") != "none":
            write_text(self._notes, json.dumps({"validator": validator}))
        self.path.touch()

    def clear(self) -> None:
        """Nothing is left."""
        self._notes.unlink(missing_ok=True)  # first: bytes without a note are never gone on with
        self.path.unlink(missing_ok=True)

    def finish(self) -> None:
        """The file, under its name."""
        self._notes.unlink(missing_ok=True)
        self.path.replace(self.final)
