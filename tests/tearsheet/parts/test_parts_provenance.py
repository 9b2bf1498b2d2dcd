"""Where numbers come from, in words: by hand."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backtester.histories.rhythm import DAILY, RHYTHMS
from backtester.runs.folder import RunFolder
from backtester.tearsheet import names
from backtester.tearsheet.parts import provenance
from backtester.tearsheet.parts.provenance import (
    _carried_text,
    _costs_text,
    _execution_text,
    _other_rules_text,
    _rebalancing_text,
    changed_since,
    hashes_table,
    longer_history,
    profiles,
    provenance_facts,
    run_warnings,
    sources_table,
)
from documents import document, strategy

TRADES: dict[str, Any] = {"relative_band": None, "to_edge": False, "min_trade": 0.0}


@pytest.mark.parametrize(
    ("rebalance", "band", "rhythm", "words"),
    [
        ("month", 0.05, "daily", "each month's last session; band 5%"),
        ("day", None, "daily", "every session; no band"),
        ("never", 10.0, "daily", "the first session only; band 1,000%"),
        ("never", 10.1, "daily", "the first session only; no band"),
        ("month+5", None, "daily", "5 sessions after each month's last session; no band"),
        ("quarter+1/3", None, "monthly", "1 month after each quarter's last session, in 3 tranches spread over the "
         "quarter; no band"),
    ],
)  # fmt: skip
def test_when_a_recipe_trades(rebalance: str, band: float | None, rhythm: str, words: str) -> None:
    """Its schedule, how many sessions after it, in how many parts, and its band; one of ten or less."""
    assert _rebalancing_text({"rebalance": rebalance, "band": band}, RHYTHMS[rhythm]) == words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({"relative_band": 0.2}, "also when an asset is off by 20% of its target"),
        ({"to_edge": True, "min_trade": 0.001}, "trades that a band calls for go to its edge only; an asset that is "
         "less than 0.10% off is not traded"),
    ],
)  # fmt: skip
def test_what_else_is_said_of_trades(changed: dict[str, Any], words: str) -> None:
    """Nothing where nothing is asked for."""
    assert _other_rules_text(TRADES | changed) == words


def test_costs_and_what_is_carried() -> None:
    """Costs that are not zero, those of single assets last; assets that were held without a value of their own."""
    costs = dict.fromkeys(provenance.COST_WORDS, 0.0) | {"trade_bps": 2.0, "short_fee_bps": 0.5}
    assert _costs_text(costs | {"assets": {"long_bonds": {"buy_bps": 5.0, "sell_bps": 7.5}}}) == (
        "2 bps a unit traded of a funded asset, 0.5 bps a year on short holdings, long bonds 5 bps bought and 7.5 bps "
        "sold"
    )
    assert (
        _carried_text({"stocks": 0, "gold": 3, "long_bonds": 1})
        == "gold 3, long bonds 1 sessions without a value of their own"
    )
    assert _carried_text({"stocks": 0}) == "nothing: every series has every session"


def test_when_targets_are_traded() -> None:
    """At the close that decides, which nobody can do, or so many sessions later."""
    assert _execution_text(0, DAILY).startswith("lag 0: traded at the very close that decides (for comparison only")
    assert _execution_text(1, RHYTHMS["monthly"]) == "decided on a month's close, traded at the close 1 month later"


@pytest.mark.parametrize(
    ("edited", "lag", "flags"),
    [
        ((), 1, []),
        ((), 0, ["lag 0"]),
        (("a", "b"), 1, ["edited"]),
        (("a",), 0, ["lag 0", "edited"]),
    ],
)
def test_flags_of_a_run(edited: tuple[str, ...], lag: int, flags: list[str]) -> None:
    """Trading at the close that decides, and files that were changed."""
    run = cast(RunFolder, SimpleNamespace(document={"settings": {"lag": lag}}, edited=edited))
    assert [flag.text for flag in run_warnings(run)] == flags
    if edited:
        verb = "a and b were" if len(edited) == 2 else "a was"
        assert changed_since(run) == f"{verb} changed after the run, by the hashes in its manifest"


def usual() -> dict[str, Any]:
    """A document with all that is told of a run."""
    made = document(strategy("gold"), strategy("late"))
    made["history"] |= {"title": "Old", "first": "1962-01-02", "last": "2026-05-26", "sessions": 16000,
                        "begin_later": {"gold": "1968-04-01"}, "carried": {"stocks": 0}}  # fmt: skip
    costs = dict.fromkeys(provenance.COST_WORDS, 0.0) | {"assets": {}}
    made["settings"] |= TRADES | {"rebalance": "month", "band": None, "costs": costs, "resamples": 1000, "seed": 7}
    made["left_out"] = ["puts: no VIX"]
    shared = {"name": "sixty_forty", "sha256": "1"}
    for one, own, causal, cuts in zip(
        made["strategies"], ("", "gold", "late"), (True, False, None), (48, 1200, 0), strict=True
    ):
        one |= {"steps": [shared, *([{"name": own, "sha256": "2"}] if own else [])], "causal": causal, "cuts": cuts}
        one |= {"rebalance": "week", "band": 0.05}
    made["strategies"][0]["audit"] = {"engine": "vectorbt", "max_abs_nav_difference": 1.23e-13}
    return made


def test_the_run_in_pairs() -> None:
    """A term and what it is; what does not apply has no pair."""
    made = usual()
    found = dict(provenance_facts(made, {"runs": [{"run": "a", "command": "backtester run a"}]}))
    assert found["History"] == "old: Old"
    assert found["Measured"] == "2 Jan 2018 to 26 May 2026, 2,100 sessions"
    assert found["Rhythm"] == "daily, 252 sessions a year"
    assert (found["Begin later"], found["Left out"]) == ("Gold on 1 Apr 1968", "puts: no VIX")
    assert (found["Resamples"], found["Run a"]) == ("1,000, seed 7", "backtester run a")
    assert not {"Costs", "Trades"} & set(found)
    made["settings"]["resamples"] = 0
    made["history"]["title"] = ""
    again = dict(provenance_facts(made, {}))
    assert ("Resamples" in again, again["History"]) == (False, "old")


def test_each_recipe_with_its_contract() -> None:
    """Whether it knows only the past, by how many cuts; a step that several share is described at the first."""
    made = usual()
    reference, gold, late = profiles(made, names.named_strategies(made))
    assert reference.contract == (
        "past only, recomputed on 48 cut histories; vectorbt keeps the same accounts to 1e-13 of value"
    )
    assert gold.contract == "looks ahead, recomputed on 1,200 cut histories"
    assert late.contract == "not checked, as weights of a file cannot be"
    assert [[step["name"] for step in one.steps] for one in (reference, gold, late)] == [
        ["sixty_forty"], ["gold"], ["late"],
    ]  # fmt: skip
    assert gold.rebalancing == "each week's last session; band 5%"


def test_sources_and_hashes() -> None:
    """A row a series, by its label or role; data, plugins and versions with what they are."""
    told = {"kind": "total_return", "source": "s", "note": "", "licence": "l"}
    table = sources_table({"sources": {"gold": told | {"label": "Bullion"}, "long_bonds": told}})
    assert [(row.head.text, row.head.note) for row in table.rows] == [
        ("Bullion", "total return"), ("Long bonds", "total return"),
    ]  # fmt: skip
    assert [cell.text for cell in table.rows[0].cells] == ["s", "", "l"]
    made = document() | {"history": {"name": "us", "sha256": "h"}}
    manifest = {
        "data": {"files": {"f": "sha256 9"}},
        "plugins": {"p": {"file": "p.py", "sha256": "8"}},
        "versions": {"numpy": "2"},
    }
    assert [(row.head.text, row.head.note, row.cells[0].text) for row in hashes_table(made, manifest).rows] == [
        ("us", "history", "h"), ("f", "file", "9"), ("p.py", "plugin", "8"), ("numpy", "version", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("is_usual", "known", "command"),
    [(True, [], "backtester run x --history us_1962"), (False, [], ""), (True, ["sixty_forty + gold"], "")],
)
def test_what_asks_the_same_of_a_longer_history(
    monkeypatch: pytest.MonkeyPatch, is_usual: bool, known: list[str], command: str
) -> None:
    """Where the table of evidence could answer, and does not for all."""
    monkeypatch.setattr(provenance, "has_evidence_settings", lambda run: is_usual)
    run = SimpleNamespace(document=document(strategy("gold")), manifest={"command": "backtester run x"}, path=Path())
    assert longer_history(cast(RunFolder, run), known) == command
