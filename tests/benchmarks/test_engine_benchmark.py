"""The engine's benchmark: its own witnesses agree, and the command runs end to end. No test asserts a time."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks.engine import bare
from benchmarks.engine.conventions import final_values
from benchmarks.engine.growth import exponent
from benchmarks.engine.table import duration, table
from benchmarks.engine.work import LAG, Shape, made
from witness import reference

ROOT = Path(__file__).parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The command."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("band", [0.05, np.inf])
def test_the_bare_kernel_keeps_the_accounts(seed: int, band: float) -> None:
    """It answers as the reference does with shorts, leverage, notionals, cash, spreads, fees, costs, bands and ruin."""
    noise = np.random.default_rng(seed)
    sessions, assets = 60, 4
    returns, bills = noise.normal(0, 0.03, (sessions, assets)), noise.uniform(0, 0.001, sessions)
    days, funded = noise.integers(1, 5, sessions).astype(float), np.array([True, True, False, True])
    targets = noise.normal(0, 1.5 if seed % 3 == 0 else 0.4, (1, 5, assets))
    rows, decisions = np.repeat(np.arange(5), 12), np.arange(sessions) % 12 == 0
    rates, yearly = noise.uniform(0, 0.01, assets), noise.uniform(0, 0.02, 4)
    kept = bare.accounts((returns, bills, days / 365, funded, targets, rows, decisions, rates, yearly, band))
    lent, owed, short, fee = yearly
    rules = reference.Rules(
        funded.tolist(), LAG, rates.tolist(), rates.tolist(),
        cash_spread=lent, borrow_spread=owed, short_fee=short, fee=fee, band=band,
    )  # fmt: skip
    market = returns.tolist(), bills.tolist(), days.tolist()
    expected = reference.simulate(*market, targets[0, rows].tolist(), decisions.tolist(), rules)
    told = (expected.nav, expected.weights, expected.gains, expected.lines, expected.turnover)
    end = expected.ruin if expected.ruin >= 0 else sessions
    for array, values in zip(kept, told, strict=True):
        np.testing.assert_allclose(array[0][:end], np.array(values)[:end], rtol=1e-12, atol=1e-12)
    inputs = (returns, bills, days / 365, funded, targets, rows, decisions, rates, yearly, band)
    np.testing.assert_array_equal(bare.net_asset_values(inputs), kept[0])
    np.testing.assert_array_equal(bare.final_values(inputs), kept[0][:, -1])


def test_conventions_differ_only_by_costs() -> None:
    """Where trading is free the three conventions are one; else they differ by about a cost times a turnover."""
    free, dear = made(Shape(5, sessions=400, cost_bps=0)), made(Shape(5, sessions=400))
    for convention in ("before", "within"):
        np.testing.assert_allclose(final_values(free, convention), final_values(free, "after"), rtol=1e-13)
        off = np.abs(final_values(dear, convention) / final_values(dear, "after") - 1)
        assert ((off > 1e-9) & (off < 1e-2)).all()


def test_what_each_convention_buys() -> None:
    """All of a portfolio in one asset at 1%: after costs 1/1.01, before 1 and a debt of 0.01, within 1/1.01 too."""
    work = made(Shape(1, assets=2, sessions=3, cost_bps=100))
    work.targets[0, 0] = 1.0, 0.0
    grown = 1 + work.returns[2, 0]
    assert final_values(work, "after") == pytest.approx([grown / 1.01], rel=1e-14)
    assert final_values(work, "before") == pytest.approx([grown - 0.01], rel=1e-14)
    assert final_values(work, "within") == pytest.approx([grown / 1.01], rel=1e-14)


def test_the_same_work_every_time() -> None:
    """A shape makes the same work twice, and its first books are those of more."""
    one, other = made(Shape(3, sessions=100)), made(Shape(3, sessions=100))
    np.testing.assert_array_equal(one.targets, other.targets)
    np.testing.assert_array_equal(one.prices, other.prices)
    np.testing.assert_array_equal(one.first(2).targets, one.targets[:2])
    assert one.traded.shape == (3, len(one.trades), 4)


def test_exponent() -> None:
    """Time that grows with the square of the size has exponent 2."""
    assert exponent({10: 1.0, 20: 4.0, 40: 16.0}) == pytest.approx(2)


def test_tables_line_up() -> None:
    """Columns are as wide as their widest cell, figures stand to the right."""
    assert table(["a", "time"], [["long", duration(0.0123)], ["b", duration(2.5)]]) == (
        "| a    |    time |\n| ---- | ------: |\n| long | 12.3 ms |\n| b    |   2.5 s |"
    )
    assert duration(4.2e-5) == "42 µs"


def test_quick_run_agrees() -> None:
    """`--quick` gives every contestant that is installed the same work, and all final values agree."""
    done = run("--quick", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told["cases"]) == {"one", "books", "accounts", "many", "daily"}
    for entries in told["cases"].values():
        for entry in entries:
            if entry["name"] in ("bt", "qis") and find_spec(entry["name"]) is None:
                assert entry["problem"] == f"{entry['name']} is not installed"
            else:
                assert entry["finals_agree"], entry
                assert entry["disagreement"] < 1e-12
    assert set(told["growth"]) == {"sessions", "books", "assets", "threads"}


def test_quick_table() -> None:
    """Without `--json` it prints a table a case, and no verdict on times that mean nothing."""
    done = run("--quick", "--case", "accounts")
    assert done.returncode == 0, done.stderr
    assert "| bare kernel, all accounts" in done.stdout
    assert "goal" not in done.stdout


def test_front_door() -> None:
    """An unknown benchmark is refused with the known ones; a known one answers for itself."""
    refused = run("nonsense")
    assert refused.returncode == 2
    assert refused.stderr.startswith("unknown benchmark 'nonsense'; known: ")
    assert "--series" in run("history", "--help").stdout
