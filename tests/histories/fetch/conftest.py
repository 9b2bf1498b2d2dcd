"""What the tests of fetching share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fetching import ONE, FetchOfOne
from loopback import provider


@pytest.fixture
def one(tmp_path: Path) -> Iterator[FetchOfOne]:
    """The history `one`, not fetched yet."""
    blueprint = tmp_path / "one.toml"
    blueprint.write_text(ONE)
    with provider() as server:
        yield FetchOfOne(server, tmp_path / "data", blueprint)
