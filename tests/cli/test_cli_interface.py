"""What commands take that have no file of tests of their own."""

import pytest

from interface import taken, written


@pytest.mark.parametrize("command", ["batch", "data", "strategies"])
def test_what_it_takes(command: str) -> None:
    """Every option with its type, bounds and default, as scripts depend on it: `interface.txt`."""
    assert taken(command) == written(command)
