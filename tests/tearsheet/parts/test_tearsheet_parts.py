"""The parts of the page by hand: small documents, and the very text that tables and words make of them."""

import dataclasses
import json

import pandas as pd
import pytest

from backtester.analysis.figures import figures_in
from backtester.histories.rhythm import DAILY, RHYTHMS
from backtester.pages.table import Table, TableRow
from backtester.runs.folder import RunFolder
from backtester.tearsheet.names import named_strategies, pair_words
from backtester.tearsheet.page import render_tearsheet
from backtester.tearsheet.parts.chart_tables import attribution_tables
from backtester.tearsheet.parts.crises import crisis_tables, cushion_parts, then_and_now
from backtester.tearsheet.parts.dependence import quarters_table, tails_table
from backtester.tearsheet.parts.measures import scorecard_table
from backtester.tearsheet.parts.payoff import chance_table, parts_table, sensitivity_table, slices_table
from backtester.tearsheet.parts.provenance import _execution_text, provenance_facts
from backtester.tearsheet.parts.verdict_table import verdict_table
from backtester.tearsheet.parts.windows import return_heads
from backtester.tearsheet.parts.yearly import calm_table, months_tables, turnover_table, years_table
from documents import SLICE, document, strategy


def texts(row: TableRow) -> list[str]:
    return [row.head.text, *(cell.text + (f" ({cell.small})" if cell.small else "") for cell in row.cells)]


def row(table: Table, label: str) -> list[str]:
    return next(texts(one) for one in table.rows if one.head.text == label)


def test_scorecard_follows_the_table_of_figures() -> None:
    """Rows are the figures in their order under their groups' heads, with intervals; payoff parts stand elsewhere."""
    made = document(strategy("gold"))
    table = scorecard_table(made, named_strategies(made))
    figures = figures_in("scorecard")
    labels = [one.head.text for one in table.rows]
    shown = [one for name, one in figures.items() if one.kind != "group" and not name.startswith("payoff_parts.")]
    assert [label for label in labels if label in {one.label for one in shown}] == [one.label for one in shown]
    assert row(table, "Mean payoff") == ["Mean payoff", "+0.30 (−0.20 to +0.80)"]
    assert row(table, "Hit rate") == ["Hit rate", "60 (41 to 77)"]
    assert row(table, "In a year of the rest") == ["In a year of the rest", "+0.36"]
    assert row(table, "Stocks") == ["Stocks", "59%"]
    assert "Growth" not in labels
    assert "Growth over its mix" in labels
    assert table.note.startswith(
        "Intervals from 1,000 resamples of all series together in blocks of about 134 sessions, windows and slopes "
        "found again in each; 990 of them had joint sell-offs."
    )


def test_scorecard_says_why_it_has_no_intervals() -> None:
    """Where nothing was resampled the reason stands below the table."""
    made = document(strategy("gold")) | {"resampling": {"resamples": 0, "reason": "4 joint sell-offs are too few"}}
    assert scorecard_table(made, named_strategies(made)).note.startswith(
        "No resampled intervals: 4 joint sell-offs are too few. The hit rate has Wilson's interval."
    )


def test_parts_of_the_payoff_add_up() -> None:
    """What was held, traded, other assets and costs stand before their sum."""
    made = document(strategy("gold"))
    table = parts_table(made, named_strategies(made))
    assert [head.text for head in table.heads] == [
        "Legs held at the start", "Trading the legs inside it", "Other assets", "Costs and interest", "Mean payoff"
    ]  # fmt: skip
    values = [cell.values[0] for cell in table.rows[0].cells if cell.values]
    assert sum(values[:-1]) == pytest.approx(values[-1])
    assert row(table, "+ gold")[1:] == ["+0.40", "−0.20", "+0.15", "−0.05", "+0.30"]


def test_sensitivity_shows_where_the_sign_turns() -> None:
    """The run's own definition stands first, each payoff has its tone, and one without an interval stands alone."""
    made = document(strategy("gold"))
    table = sensitivity_table(made, named_strategies(made))
    assert [texts(one) for one in table.rows] == [
        ["Falls −5% and −0.5%", "21", "+0.30 (−0.20 to +0.80)"],
        ["Falls −5% and −2%", "17", "−0.40"],
    ]
    assert [one.head.note for one in table.rows] == ["this run's", ""]
    assert [one.cells[1].tone for one in table.rows] == ["gain t2", "loss t2"]


def test_slices() -> None:
    """A slice has its windows, spells where it has any, losses and payoff; an empty kind is left out."""
    made = document(strategy("gold"))
    table = slices_table(made, named_strategies(made))
    assert table
    assert [(one.kind, one.head.text) for one in table.rows] == [
        ("group", "By regime: the legs' correlation in the 36 months before"),
        ("", "Above zero"),
        ("group", "By cause of the crisis"),
        ("", "Inflation"),
    ]
    assert texts(table.rows[1]) == ["Above zero", "7", "7.00", "−0.74 (6.1, mix 5.4; 2 of 6)"]
    assert [table.rows[1].head.note, table.rows[3].head.note] == ["in one spell", ""]
    assert "under 20 windows has no verdict" in table.note


def test_slice_without_an_act_has_no_tone() -> None:
    """Where the strategy did as the reference did, nothing is coloured."""
    one = strategy("gold")
    one["scorecard"]["slices"]["cause"] = [SLICE | {"lost_less": 0, "lost_more": 0, "spells": None}]
    table = slices_table(document(one), named_strategies(document(one)))
    assert table
    assert [cell.tone for cell in (table.rows[1].cells[2], table.rows[3].cells[2])] == ["loss t2", ""]


def test_chance_is_by_decade_and_regime() -> None:
    """Each slice has its count beside the mean and range of chance; one that could not be rotated is left out."""
    table = chance_table(document(windows=2))
    assert table
    assert [texts(one) for one in table.rows if not one.kind] == [
        ["Whole time", "2", "5.2 (3 to 8)"],
        ["Below zero", "2", "5.2 (3 to 8)"],
        ["2020s", "2", "5.2 (3 to 8)"],
    ]
    undefined = {"all": [{"name": "all", "mean": None}], "decade": [], "regime": []}
    assert chance_table(document() | {"chance": undefined}) is None


def test_bonds_cushioned_or_not() -> None:
    """Counts stand beside base rates; the strip has a dot a fall, filled where bonds fell too, and its words."""
    [(strip, table)] = cushion_parts(document())
    assert [texts(line) for line in table.rows] == [
        ["from 1973 to 1997", "1 of 1", "100", "39"],
        ["from 1998 to 2019", "0 of 1", "0", "42"],
    ]
    assert [filled for _, filled in strip.dots] == [True, False]
    assert strip.words == (
        "from 1973 to 1997, bonds fell too in 1 of 1; from 1998 to 2019, bonds fell too in 0 of 1. The table below "
        "has the counts."
    )
    assert cushion_parts(document(bonds_role="gold"))[0][1].caption == "In how many falls of stocks gold fell too: old"
    gold = document(bonds_role="gold")
    other = gold | {"history": gold["history"] | {"name": "own"}}
    assert cushion_parts(other)[0][1].caption == "In how many falls of stocks bonds fell too: old"
    assert cushion_parts(document() | {"stock_sell_offs": [{"falls": []}]}) == ()


def test_a_fall_on_the_first_or_the_last_day_of_an_era_is_of_it() -> None:
    """Each fall is a dot of one era's strip, and all are on the whole one."""
    made = document()
    [found] = made["stock_sell_offs"]
    days = ("1972-12-31", "1973-01-01", "1997-12-31", "1998-01-01", "2019-12-31", "2020-01-01")
    falls = [found["falls"][0] | {"start": day, "bonds": -0.01} for day in days]
    made |= {"stock_sell_offs": [found | {"falls": falls}]}
    then = then_and_now(made)
    assert then is not None
    assert [len(strip.dots) for strip in (then.strip, *then.eras)] == [6, 2, 2]


def test_two_windows_of_one_crisis_are_one_crisis() -> None:
    """Then and now count crises by the year of their start: one in which bonds rose in one window of two is no rise."""
    blank = dict.fromkeys(("pair", "stocks", "assets", "strategies", "headline"))
    rose = {"1987-10-13": -0.01, "1987-10-16": 0.1, "1997-10-21": 0.02, "2020-02-19": 0.08, "2020-03-09": -0.06}
    famous = [
        blank | {"name": day, "start": day, "end": day, "bonds": bonds, "covered": True, "then_and_now": True}
        for day, bonds in rose.items()
    ]
    made = document() | {"crises": famous}
    [table] = crisis_tables(made, named_strategies(made))
    assert [one.head.text for one in table.rows if one.kind] == [
        "Then: bonds rose in 1 of 2 crises, in 1987 in 1 of its 2 stretches",
        "Now: bonds rose in 0 of 1 crisis, in 2020 in 1 of its 2 stretches",
    ]


def test_calm_years_and_turnover() -> None:
    """Years stand down, strategies across, the mean below."""
    one = strategy("gold") | {"calendar_turnover": {"2017": 0.42}}
    made = document(one)
    calm, turnover = calm_table(made, named_strategies(made)), turnover_table(made, named_strategies(made))
    assert calm
    assert [texts(one) for one in calm.rows] == [["2017", "−1.20"], ["Mean", "−1.20"]]
    assert [texts(one) for one in turnover.rows] == [["2017", "5", "42"]]


def test_years_of_which_the_window_holds_a_part_are_marked() -> None:
    """The first year begins after its first close, the last ends with the window; those between are whole."""
    made = document(strategy("gold"))
    made["period"] = {"start": "2016-01-04", "end": "2018-06-29", "sessions": 600}
    for one in made["strategies"]:
        one["calendar_years"] = {"2016": 0.01, "2017": 0.02, "2018": 0.03}
        one["calendar_turnover"] = {"2016": 0.1, "2017": 0.2, "2018": 0.3}
    for table in (years_table(made, named_strategies(made)), turnover_table(made, named_strategies(made))):
        assert [(row.head.text, row.head.note) for row in table.rows] == [
            ("2016", "after the close of 4 Jan 2016"),
            ("2017", ""),
            ("2018", "to 29 Jun 2018"),
        ]


def test_heat_map_of_months() -> None:
    """A month that was not measured is blank, one that was has its tone."""
    one = strategy("gold") | {
        "calendar_months": {"2017-02": -0.03, "2017-12": 0.001},
        "calendar_years": {"2017": -0.029},
    }
    made = document(one)
    _, (named, table) = months_tables(made, named_strategies(made))
    assert (named.label, table.name) == ("+ gold", "months-1-table")
    [year] = table.rows
    assert texts(year) == ["2017", "", "−3.0", *[""] * 9, "0.1", "−2.9"]
    assert [year.cells[1].tone, year.cells[11].tone] == ["loss t2", ""]


def test_attribution_has_every_episode() -> None:
    """Joint sell-offs, drawdowns and crises in groups; a crisis that the strategy does not reach has no row."""
    part = {
        "assets": {"stocks": -0.05, "gold": 0.01}, "interest": 0.0, "financing": 0.001, "costs": 0.0, "fees": 0.0,
        "total": -0.041, "overlays": [{"name": "gold", "in_order": 0.009, "left_out": 0.0095}],
    }  # fmt: skip
    one = strategy("gold") | {"attribution": {"joint_sell_offs": [part], "drawdowns": [part], "crises": [None, part]}}
    falls = {"peak": "2020-02-19", "trough": "2020-03-23"}
    crisis = {"name": "Old", "start": "1987-10-13", "end": "1987-10-19"}
    made = document(one, windows=1) | {"drawdowns": [falls], "crises": [crisis, crisis | {"name": "New"}]}
    nothing = {"joint_sell_offs": [None], "drawdowns": [None], "crises": [None, None]}
    made["strategies"][0]["attribution"] = nothing
    (_, empty), (_, table) = attribution_tables(made, named_strategies(made))
    assert empty.rows == ()
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


def test_tails() -> None:
    """Each tail stands beside what independence and the correlation alone would give."""
    tail = {"frequency": "weekly", "q": 0.1, "k": 8, "n": 101, "share": 0.079, "low": 0.05, "high": 0.14,
            "independent": 0.1, "gaussian": 0.04}  # fmt: skip
    made = document() | {"dependence": {"tails": [tail]}}
    assert texts(tails_table(made).rows[0]) == ["10%, weekly", "8 of 101", "8 (5 to 14)", "10", "4"]


def test_quarters() -> None:
    """Months are sorted by what stocks and bonds did; one that no strategy has counts for none."""
    made = document(strategy("gold"))
    for place, months in enumerate(({"a": -0.01, "b": 0.02, "c": 0.0}, {"a": 0.01, "b": 0.01, "c": None})):
        made["strategies"][place]["calendar_months"] = months
    stocks, bonds = {"a": -0.02, "b": 0.03, "c": -0.01}, {"a": -0.01, "b": 0.0, "c": -0.01}
    made["legs"] = {"stocks": {"calendar_months": stocks}, "bonds": {"calendar_months": bonds}}
    table = quarters_table(made, named_strategies(made))
    rows = [texts(one) for one in table.rows]
    assert table.rows[0].head.note == "16% of months (12% to 20%)"
    assert rows[0] == ["Both fell", "2", "+2.00"]
    assert rows[3] == ["Both held", "1", "−1.00"]
    assert rows[1] == ["Stocks fell, bonds held", "0", "n/a"]
    assert rows[2] == ["Stocks held, bonds fell", "0", "n/a"]


def test_other_legs_are_named_by_their_labels() -> None:
    """A pair of other roles is named so in weights, falls, heads and verdict."""
    made = document(strategy("gold"), bonds_role="long_bonds", stocks_weight=0.5, bonds_fall=-0.02)
    assert pair_words(made).pair == "50% stocks and 50% long bonds"
    assert pair_words(made).falls == "stocks return −5.0% or less and long bonds −2.0% or less"
    assert pair_words(document(stocks_role="gold")).falls.startswith("gold return −5.0% or less and bonds")
    assert [head.text for head in return_heads(made, ("bonds",), ())] == ["The pair", "Stocks", "Long bonds", "Bonds"]
    table = verdict_table(made, named_strategies(made))
    assert table
    assert table.heads[1].note == "stocks/ long bonds"
    assert table.heads[1].values == ("mix stocks", "mix long bonds")


def test_costs_of_single_assets_are_told(run: RunFolder) -> None:
    """An asset with costs of its own has both sides in the provenance."""
    told = json.loads(json.dumps(run.document))
    told["settings"]["costs"]["assets"] = {"gold": {"buy_bps": 5.0, "sell_bps": 7.5}}
    assert dict(provenance_facts(told, run.manifest))["Costs"].endswith("gold 5 bps bought and 7.5 bps sold")


def test_short_run_has_a_page(run: RunFolder) -> None:
    """Without a joint sell-off, and with correlations that never begin, every section still stands."""
    told = json.loads(json.dumps(run.document)) | {"joint_sell_offs": [], "drawdowns": [], "crises": []}
    for one in told["strategies"]:
        one["attribution"] = {"joint_sell_offs": [], "drawdowns": [], "crises": []}
    assert run.dependence is not None
    blank = pd.DataFrame(float("nan"), run.dependence.index, run.dependence.columns)
    page = render_tearsheet(dataclasses.replace(run, document=told, dependence=blank))
    assert 'id="chart-correlation"' in page
    assert 'id="chart-attribution"' not in page


def test_when_targets_are_traded() -> None:
    """At the close that decides, which nobody can do, or so many sessions of the history later."""
    assert _execution_text(0, DAILY) == (
        "lag 0: traded at the very close that decides (for comparison only; nobody can do this)"
    )
    assert _execution_text(2, DAILY) == "decided on a session's close, traded at the close 2 sessions later"
    assert _execution_text(1, RHYTHMS["monthly"]) == "decided on a month's close, traded at the close 1 month later"
