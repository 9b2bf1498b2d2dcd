"""The short check is remembered where it found nothing, of the same file, settings, figures and answer."""

import dataclasses
import os
import time
from pathlib import Path

import pytest

from backtester.contract import check_cache
from backtester.contract.check import CheckResult, check_layer
from backtester.contract.check_cache import check_once
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.engine.layers import Layer
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("BACKTESTER_CACHE", str(tmp_path))
    return tmp_path / "checked"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Layer]:
    """The layers that were checked indeed."""
    layers: list[Layer] = []

    def noted(layer: Layer, market: Market) -> CheckResult:
        layers.append(layer)
        return check_layer(layer, market)

    monkeypatch.setattr(check_cache, "check_layer", noted)
    return layers


def overlay(text: str, market: Market, library: Library) -> Layer:
    """The last layer of a recipe."""
    return evaluate(parse_recipe(text, library), market, Execution()).layers[-1]


@pytest.mark.usefixtures("folder")
def test_the_same_is_checked_once(us: Market, library: Library, made: list[Layer]) -> None:
    """The second time the check is that of the first, its number of cuts too."""
    layer = overlay("sixty_forty + gold_overlay", us, library)
    first = check_once(layer, us)
    assert check_once(layer, us) == first == check_layer(layer, us)
    assert len(made) == 1


@pytest.mark.usefixtures("folder")
def test_whatever_differs_is_checked_anew(us: Market, library: Library, made: list[Layer]) -> None:
    """Another setting, another base, other figures, another source or another answer."""
    layer = overlay("sixty_forty + gold_overlay", us, library)
    check_once(layer, us)
    check_once(overlay("sixty_forty + gold_overlay(size=0.11)", us, library), us)
    check_once(overlay("sixty_forty(stocks=0.5) + gold_overlay", us, library), us)
    shorter = us.cut(len(us.sessions) - 1)
    check_once(overlay("sixty_forty + gold_overlay", shorter, library), shorter)
    strategy = dataclasses.replace(layer.step.strategy, sha256="0" * 64)
    check_once(dataclasses.replace(layer, step=dataclasses.replace(layer.step, strategy=strategy)), us)
    check_once(dataclasses.replace(layer, raw=layer.raw + 0.0001), us)
    assert len(made) == 6


def test_what_was_found_is_found_again(us: Market, library: Library, made: list[Layer], folder: Path) -> None:
    """A layer whose answer is not that of its strategy breaks a rule each time, and nothing is kept."""
    layer = overlay("sixty_forty + gold_overlay", us, library)
    wrong = dataclasses.replace(layer, raw=layer.raw + 0.01)
    assert [check_once(wrong, us).passed for _ in range(2)] == [False, False]
    assert len(made) == 2
    assert not folder.exists()


def test_old_files_go_and_used_ones_stay(us: Market, library: Library, folder: Path) -> None:
    """After 90 days without use; a use counts."""
    layer = overlay("sixty_forty + gold_overlay", us, library)
    check_once(layer, us)
    (kept,) = folder.iterdir()
    (folder / "other-3").touch()
    long_ago = time.time() - 91 * 86_400
    for file in folder.iterdir():
        os.utime(file, (long_ago, long_ago))
    check_once(layer, us)
    check_once(overlay("sixty_forty", us, library), us)
    assert kept in folder.iterdir()
    assert not (folder / "other-3").exists()


def test_without_a_folder_every_check_is_made(
    us: Market, library: Library, made: list[Layer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the cache's name is that of a file nothing is kept, and nothing fails."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("BACKTESTER_CACHE", str(tmp_path / "file"))
    layer = overlay("sixty_forty", us, library)
    assert check_once(layer, us) == check_once(layer, us)
    assert len(made) == 2


def test_what_was_not_asked_for_in_ninety_days_goes(tmp_path: Path) -> None:
    """Half a minute before that it stays."""
    now = time.time()
    for name, seconds in (("old", 30), ("young", -30)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now, now - 90 * 24 * 3600 - seconds))
    check_cache._sweep(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["young"]
