"""Where compiled code is kept, and what happens where it cannot be."""

import numba
import pytest

from backtester import compiled
from backtester.engine import kernel


def twice(value: float) -> float:
    """Twice the value."""
    return 2 * value


def test_kernels_are_kept_on_disk() -> None:
    """Here a cache can be written, so nothing is compiled anew in every process."""
    assert compiled.UNCACHED == []
    assert list(kernel.run_block.stats.cache_path)


def test_without_a_place_for_a_cache_it_runs_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba finds no folder for its cache the function is compiled all the same, and its name is kept."""
    njit = numba.njit

    def nowhere(*, nogil: bool, error_model: str, cache: bool = False) -> object:
        if cache:
            raise RuntimeError("cannot cache function 'twice': no locator available")
        return njit(nogil=nogil, error_model=error_model)

    monkeypatch.setattr(numba, "njit", nowhere)
    monkeypatch.setattr(compiled, "UNCACHED", [])
    assert compiled.jit(twice)(21.0) == 42.0
    assert compiled.UNCACHED == ["twice"]
