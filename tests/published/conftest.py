"""The long history, built once from the providers' files beside the checkout; its tests skip where there are none."""

from pathlib import Path

import pytest

from backtester.histories.blueprints.build import build_history, file_reader
from backtester.histories.market import Market
from folders import MORE, SHARED


@pytest.fixture(scope="session")
def us_long(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """`us_long`, 1926 to 2026, by the blueprint that comes with the program."""
    if not (SHARED.is_dir() and MORE.is_dir()):
        pytest.skip("needs the providers' files in ../shared/data and ../shared/more, beside the checkout")
    return build_history("us_long", Path(tmp_path_factory.mktemp("us_long")), file_reader(SHARED, MORE)).market


@pytest.fixture(scope="session")
def since_1962(us_long: Market) -> Market:
    """`us_long` from 1962-01-02 on, the first session with a ten-year yield."""
    return us_long.since(int(us_long.sessions.get_loc("1962-01-02")))
