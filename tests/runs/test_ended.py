"""An asset that ends inside a history, from its manifest to the document of a run."""

from pathlib import Path

import pytest
import tomlkit

from backtester.runs.document import document
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from small import small_folder


@pytest.fixture
def ending(tmp_path: Path) -> Path:
    """The small history in which gold has no value from the middle of 2020 on, and the manifest owns up to it."""
    folder = small_folder(tmp_path / "data")
    manifest = folder / "manifest.toml"
    told = tomlkit.parse(manifest.read_text())
    told["small"]["series"]["gold"]["absent"] = [["2020-07-01", "9999-12-31"]]
    manifest.write_text(tomlkit.dumps(told))
    return folder


def test_an_ended_asset_is_told(ending: Path) -> None:
    """The run goes on in cash, its document tells the last session and what was paid out, and lines add up."""
    settings = RunSettings(
        recipes=("sixty_forty + gold_overlay",), history="small", data=ending, resamples=0, audit=True
    )
    told = document(carry_out(settings))
    reference, overlay = told["strategies"]
    assert reference["ended"] == []
    (end,) = overlay["ended"]
    assert (end["asset"], end["last"]) == ("gold", "2020-06-30")
    assert 0.08 < end["weight"] < 0.13
    assert overlay["audit"]["max_abs_nav_difference"] < 1e-9
    lines = overlay["lines"]
    total = sum(lines["assets"].values()) + lines["interest"] - lines["financing"] - lines["costs"] - lines["fees"]
    assert lines["total"] == pytest.approx(total, abs=1e-12)
