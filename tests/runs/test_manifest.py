"""What a manifest says of settings."""

import pytest

from backtester.engine.execution import Execution
from backtester.runs.manifest import _portable
from backtester.runs.settings import RunSettings


@pytest.mark.parametrize(("band", "written"), [(0.05, 0.05), (float("inf"), "none"), (0.0, 0.0)])
def test_a_band_that_never_calls_is_written_as_a_word(band: float, written: float | str) -> None:
    """JSON has no infinity: the document says none, as the option does, and every other band as it is."""
    assert _portable(RunSettings(execution=Execution(band=band)))["execution"]["band"] == written
