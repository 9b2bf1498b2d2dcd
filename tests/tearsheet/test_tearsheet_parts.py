"""The parts of the page by hand: small documents, and the very text that tables and words make of them."""

import dataclasses
import json

import pandas as pd
import pytest

from backtester.pages.table import Row, Table
from backtester.runs.folder import RunFolder
from backtester.tearsheet.lenses import lens
from backtester.tearsheet.names import cast
from backtester.tearsheet.page import render
from backtester.tearsheet.parts.attribution import attribution_tables
from backtester.tearsheet.parts.dependence import dependence_words, quarters_table, tails_table
from backtester.tearsheet.parts.forest import scale
from backtester.tearsheet.parts.provenance import facts, warnings
from backtester.tearsheet.parts.sample import sample_words, sign_table
from backtester.tearsheet.parts.scorecard import scorecard_table
from backtester.tearsheet.parts.slices import slices_table
from backtester.tearsheet.parts.yearly import calm_table, months_tables, turnover_table
from backtester.tearsheet.reading import Estimate
from backtester.tearsheet.sections import gather
from documents import Json, document, drawn, strategy

SLICE = {
    "name": "positive",
    "windows": 7,
    "beyond_twin": {"better": 2, "worse": 4, "payoff_mean": -0.0074},
    "interval": [0.12, 0.6],
    "spells": 1,
}


def texts(row: Row) -> list[str]:
    return [row.head.text, *(cell.text + (f" ({cell.small})" if cell.small else "") for cell in row.cells)]


def row(table: Table, label: str) -> list[str]:
    return next(texts(one) for one in table.rows if one.head.text == label)


def gold() -> Json:
    one = drawn(strategy("gold", hits=9, payoff=0.003), twin=(-0.002, 0.008), mix=(-0.003, 0.007))
    one["scorecard"] |= {
        "sign_test": {"beyond_reference": 1.0, "beyond_twin": 0.66, "beyond_mix": 0.001},
        "slices": {"regime": [SLICE], "decade": [], "cause": [SLICE | {"name": "inflation", "spells": None}]},
        "calm": {"years": [{"year": 2017, "difference": -0.012}], "mean": -0.012, "count": 1},
        "break_even_per_year": None,
    }
    one["scorecard"]["intervals"]["hit_rate"] = [0.3, 0.6]
    one["scorecard"]["intervals"]["resampled"] |= {"resamples": 1000, "used": 990, "block_sessions": 134, "seed": 7}
    return one


def test_sample_is_told_for_what_it_is() -> None:
    """The number of windows, at other falls, and what chance would give: fewer, as many or more."""
    told = document(windows=2) | {
        "joint_sell_off_counts": [{"stocks": -0.03, "bonds": -0.005, "count": 4}],
        "joint_sell_off_rotations": {"rotations": 200, "mean": 5.2, "low": 3.0, "high": 8.0},
    }
    assert sample_words(told) == (
        "Two joint sell-offs in 8.4 years, every one shown: a small sample. A rule that picks the worst windows shows "
        "how bad it was, not how often to expect it.",
        "At other falls of stocks and bonds there are 4 at −3.0% and −0.5%.",
        "With bonds shifted in time against stocks, 200 times, there are 5.2 on average (90% of them between 3 and 8): "
        "stocks and bonds fell together less often than chance has it.",
    )
    assert (
        "50 joint sell-offs in 8.4 years, every one shown: many in clusters." in sample_words(document(windows=50))[0]
    )


def test_sign_test() -> None:
    """Counts stand beside their chance; one that is very small is told as such."""
    made = document(gold())
    table = sign_table(made, cast(made))
    assert table
    assert row(table, "+ gold") == ["+ gold", "10 of 21", "1.00", "9 of 21", "0.66", "11 of 23", "below 0.01"]


def test_scorecard_has_intervals() -> None:
    """Resampled intervals stand below their figures, Wilson's where there are none, and what they rest on beside."""
    made = document(gold())
    table = scorecard_table(made, cast(made))
    assert row(table, "Total: their sum") == ["Total: their sum", "+0.80 (−0.20 to +1.80)"]
    assert row(table, "Hit rate") == ["Hit rate", "48 (30 to 60)"]
    assert "Mean payoffs a year that pay for the rest" not in [one.head.text for one in table.rows]
    assert table.note.startswith(
        "Intervals from 1,000 resamples of all series together in blocks of about 134 sessions (seed 7), the joint "
        "sell-offs found again in each; 990 of them had any."
    )


def test_scorecard_says_why_it_has_none() -> None:
    """Where nothing was resampled the reason stands below the table."""
    one = gold()
    one["scorecard"]["intervals"] |= {"resampled": None, "resampled_reason": "4 joint sell-offs are too few"}
    made = document(one)
    assert scorecard_table(made, cast(made)).note.startswith(
        "No resampled intervals: 4 joint sell-offs are too few. Hit rates have Wilson's interval."
    )


def test_slices() -> None:
    """A slice has its windows, spells where it has any, and the payoff beyond the twin; an empty kind is left out."""
    made = document(gold())
    table = slices_table(made, cast(made))
    assert table
    assert [(one.kind, one.head.text) for one in table.rows] == [
        ("group", "By regime: the correlation of stocks and bonds in the 36 months before"),
        ("", "Above zero"),
        ("group", "By cause of the crisis"),
        ("", "Inflation"),
    ]
    assert texts(table.rows[1]) == ["Above zero", "7", "2 of 6 (−0.74)"]
    assert [table.rows[1].head.note, table.rows[3].head.note] == ["in one spell", ""]


def test_slice_without_an_act_shows_no_payoff() -> None:
    """Where the strategy did as the reference did, nothing is coloured and no payoff is shown; the csv has the mean."""
    one = gold()
    part = one["scorecard"]["slices"]["cause"][0]
    part["beyond_twin"] |= {"better": 0, "worse": 0, "payoff_mean": -0.003}
    table = slices_table(document(one), cast(document(one)))
    assert table
    cell = table.rows[3].cells[1]
    assert (cell.text, cell.small, cell.tone) == ("0 of 0", "", "")
    assert -0.003 in cell.values


def test_calm_years_and_turnover() -> None:
    """Years stand down, strategies across, the mean below."""
    one = gold() | {"calendar_turnover": {"2017": 0.42}}
    made = document(one)
    calm, turnover = calm_table(made, cast(made)), turnover_table(made, cast(made))
    assert calm
    assert turnover
    assert [texts(one) for one in calm.rows] == [["2017", "−1.20"], ["Mean", "−1.20"]]
    assert [texts(one) for one in turnover.rows] == [["2017", "42"]]


def test_heat_map_of_months() -> None:
    """A month that was not measured is blank, one that was has its tone."""
    one = gold() | {"calendar_months": {"2017-02": -0.03, "2017-12": 0.001}, "calendar_years": {"2017": -0.029}}
    made = document(one)
    [(named, table)] = months_tables(made, cast(made))
    assert (named.spoken, table.name) == ("gold", "months-1-table")
    [year] = table.rows
    assert texts(year) == ["2017", "", "−3.0", *[""] * 9, "0.1", "−2.9"]
    assert [year.cells[1].tone, year.cells[11].tone] == ["loss t2", ""]


def test_attribution_has_every_episode() -> None:
    """Joint sell-offs, drawdowns and crises in groups; a crisis that the strategy does not reach has no row."""
    part = {
        "assets": {"stocks": -0.05, "gold": 0.01}, "interest": 0.0, "financing": 0.001, "costs": 0.0, "fees": 0.0,
        "total": -0.041, "overlays": [{"name": "gold", "in_order": 0.009, "left_out": 0.0095}],
    }  # fmt: skip
    one = gold() | {"attribution": {"joint_sell_offs": [part], "drawdowns": [part], "crises": [None, part]}}
    falls = {"peak": "2020-02-19", "trough": "2020-03-23"}
    crisis = {"name": "Old", "start": "1987-10-13", "end": "1987-10-19"}
    made = document(one, windows=1) | {"drawdowns": [falls], "crises": [crisis, crisis | {"name": "New"}]}
    [(_, table)] = attribution_tables(made, cast(made))
    assert [head.text for head in table.heads] == ["Stocks", "Gold", "Financing", "Total", "gold", "gold"]
    assert [(one.kind, one.head.text) for one in table.rows] == [
        ("group", "Joint sell-offs"),
        ("", "4 Mar to 10 Mar 2020"),
        ("group", "Drawdowns of the pair"),
        ("", "19 Feb to 23 Mar 2020"),
        ("group", "Crises"),
        ("", "New"),
    ]
    assert texts(table.rows[1])[1:] == ["−5.00", "1.00", "0.10", "−4.10", "+0.90", "+0.95"]


def test_dependence_in_words_and_tails() -> None:
    """The correlation, the months in which both fell, the number of spells, and each tail beside its benchmarks."""
    tail = {"frequency": "weekly", "q": 0.1, "k": 8, "n": 101, "share": 0.079, "low": 0.05, "high": 0.14,
            "independent": 0.1, "gaussian": 0.04}  # fmt: skip
    told = {
        "correlation": {"daily": -0.29, "monthly": -0.1, "months": 231},
        "months_both_down": {"k": 36, "n": 231, "share": 0.156, "low": 0.12, "high": 0.2},
        "spells": [{}, {}],
        "tails": [tail],
    }
    assert dependence_words(told) == (
        "Over the whole window the correlation was −0.10 by month and −0.29 by session. Both fell in 36 of 231 months, "
        "16% (90% interval 12% to 20%).",
        "The correlation of 36 months kept its sign in two spells: so many independent looks at a regime there are, "
        "however many sessions each has.",
    )
    assert texts(tails_table(told).rows[0]) == ["10%, weekly", "8 of 101", "8 (5 to 14)", "10", "4"]


def test_quarters() -> None:
    """Months are sorted by what stocks and bonds did; one that no strategy has counts for none."""
    made = document(strategy("gold"))
    for place, months in enumerate(({"a": -0.01, "b": 0.02, "c": 0.0}, {"a": 0.01, "b": 0.01, "c": None})):
        made["strategies"][place]["calendar_months"] = months
    stocks, bonds = {"a": -0.02, "b": 0.03, "c": -0.01}, {"a": -0.01, "b": 0.0, "c": -0.01}
    made["legs"] = {"stocks": {"calendar_months": stocks}, "bonds": {"calendar_months": bonds}}
    rows = [texts(one) for one in quarters_table(made, cast(made)).rows]
    assert rows[0] == ["Both fell", "2", "+2.00"]
    assert rows[3] == ["Both held", "1", "−1.00"]
    assert rows[1] == ["Stocks fell, bonds held", "0", "n/a"]


def test_forest_plot_scale() -> None:
    """The scale holds every interval and zero, with round ticks inside it."""
    made = scale([Estimate(0.003, -0.002, 0.008), Estimate(None), None])
    assert (made.low, made.high) == (-0.002, 0.008)
    assert [text for _, text in made.ticks] == ["0", "+0.5"]
    assert made.place(made.low) == pytest.approx(6)
    assert made.place(made.high) == pytest.approx(94)
    assert made.mark("s1", Estimate(None)) == ()
    assert scale([]).low < 0 < scale([]).high


def test_other_legs_are_loud() -> None:
    """A pair of other roles is told at the top and in the provenance, and so are its weights and falls."""
    made = document() | {"settings": {"lag": 1, "bonds_role": "long_bonds", "stocks_weight": 0.5, "bonds_fall": -0.02}}
    assert [flag.reason for flag in warnings(made)] == ["on this page bonds stands for long bonds"]
    assert lens(made).pair == "50% stocks and 50% long bonds"
    assert lens(made).falls == "stocks return −5.0% or less and bonds −2.0% or less"
    assert warnings(document() | {"settings": {"lag": 1}}) == ()


def test_costs_of_single_assets_are_told(run: RunFolder) -> None:
    """An asset with costs of its own has both sides in the provenance."""
    told = json.loads(json.dumps(run.document))
    told["settings"]["costs"]["assets"] = {"gold": {"buy_bps": 5.0, "sell_bps": 7.5}}
    assert dict(facts(told, run.manifest))["Costs"].endswith("gold 5 bps bought and 7.5 bps sold")


def test_runs_of_before_have_a_page(run: RunFolder) -> None:
    """A run's folder without the newer keys has its page, with the parts that it has numbers for."""
    told = json.loads(json.dumps(run.document))
    for key in ("dependence", "legs", "joint_sell_off_rotations", "joint_sell_off_counts"):
        del told[key]
    for window in told["joint_sell_offs"]:
        for key in ("parent", "after", "regime", "cause", "crisis"):
            del window[key]
    for fall in told["drawdowns"]:
        del fall["days"], fall["recovery_days"]
    for one in told["strategies"]:
        for key in ("calendar_months", "calendar_turnover", "lines", "attribution"):
            del one[key]
        for key in ("beyond_mix", "sign_test", "conditional_beta", "recovery", "slices", "calm"):
            (one["scorecard"] or {}).pop(key, None)
        (one["scorecard"] or {}).get("intervals", {}).pop("resampled", None)
    settings = {key: told["settings"][key] for key in ("lag", "rebalance", "band", "costs", "reference")}
    older = dataclasses.replace(run, document=told | {"settings": settings}, dependence=None)
    names = [section.name for section in gather(older)]
    assert names == ["verdict", "growth", "together", "scorecard", "measures", "provenance"]
    assert 'id="verdict-table"' in render(older)


def test_short_run_has_a_page(run: RunFolder) -> None:
    """Without a joint sell-off, and with correlations that never begin, every section still stands."""
    told = json.loads(json.dumps(run.document)) | {"joint_sell_offs": [], "drawdowns": [], "crises": []}
    for one in told["strategies"]:
        one["attribution"] = {"joint_sell_offs": [], "drawdowns": [], "crises": []}
    assert run.dependence is not None
    blank = pd.DataFrame(float("nan"), run.dependence.index, run.dependence.columns)
    page = render(dataclasses.replace(run, document=told, dependence=blank))
    assert 'id="chart-correlation"' in page
    assert 'id="chart-attribution"' not in page
