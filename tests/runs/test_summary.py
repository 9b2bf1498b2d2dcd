"""A run in short: its tables, its notes, and how figures are printed by runs and studies alike."""

import pytest

from backtester.cli.actions.batch import SHOWN_COLUMNS
from backtester.runs import summary as summaries
from backtester.runs.summary import SELL_OFF_HEADINGS, as_of_tables, figure_text, summary
from backtester.runs.summary_html import summary_html
from backtester.runs.values import Json
from documents import document, strategy


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("cagr", 0.1234, "12.3"),
        ("max_drawdown", -0.31871, "\N{MINUS SIGN}31.9"),
        ("sharpe", 0.678, "0.68"),
        ("beyond_mix_payoff_mean", -0.00329, "\N{MINUS SIGN}0.33"),
        ("growth_annual_over_mix_total", 0.0067, "0.7"),
        ("mean_loss_mix", None, "n/a"),
    ],
)
def test_a_figure_is_printed_one_way(column: str, value: float | None, text: str) -> None:
    """In percent with a decimal, a ratio as it is, a payoff to the basis point."""
    assert figure_text(column, value) == text


def test_a_study_calls_figures_as_a_run_does() -> None:
    """The headings of what both show are the same."""
    of_card = ("mean_loss_strategy", "mean_loss_mix", "beyond_mix_payoff_mean", "growth_annual_over_mix_total")
    assert [SHOWN_COLUMNS[column] for column in of_card] == [
        heading for heading in SELL_OFF_HEADINGS if heading in SHOWN_COLUMNS.values()
    ]


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other files say is a word each."""
    monkeypatch.setattr(summaries, "run_headline", lambda document: "Head.")
    for name in ("summary_lines", "as_of_lines", "rhythm_lines"):
        monkeypatch.setattr(summaries, name, lambda document, name=name: [f"{name}."])


def made(*names: str, start: str = "2018-01-02", end: str = "2026-05-26", **changes: object) -> Json:
    """A document of the reference and strategies of these names, two crises with a headline and one without."""
    found = document(*(strategy(name, verdict="paid") for name in names))
    found["history"]["title"] = "Old"
    found["period"] |= {"start": start, "end": end}
    for place, one in enumerate(found["strategies"]):
        one["measures"] = {"cagr": 0.0818, "volatility": 0.105, "sharpe": 0.678, "max_drawdown": -0.2 - place / 100}
        one["calendar_years"] = {"2008": -0.2, "2022": 0.05}
    moved = {one["name"]: -0.1 + place / 100 for place, one in enumerate(found["strategies"])}
    found["crises"] = [
        {"headline": "A dash", "start": "2020-03-09", "end": "2020-03-18", "strategies": moved},
        {"headline": None, "start": "2020-01-01", "end": "2020-01-02", "strategies": None},
        {"headline": "Lehman", "start": "2008-09-01", "end": "2008-10-18", "strategies": None},
    ]
    return found | changes


def test_a_summary_by_hand() -> None:
    """Columns in order of time; the reference first; what must not be overlooked beside a name; notes last."""
    found = made("gold", "put", "call")
    _, _, put, call = found["strategies"]
    put |= {"causal": None, "ruin_date": "2020-03-04", "verdict": "void"}
    put["scorecard"]["intervals"] = {}
    call |= {"causal": False, "audit": {"max_abs_nav_difference": 3e-12}}
    shown = summary(found)
    first, second = shown.tables
    assert shown.heading == "Old: 2018-01-02 to 2026-05-26, 2,100 sessions"
    assert (first.title, first.corner) == ("In percent", "Strategy")
    assert first.headings == ("CAGR", "Vol.", "Sharpe", "Deepest\nfall", "2008", "Lehman", "A\ndash", "2022")
    assert [row[:2] + row[4:] for row in first.rows] == [
        ("sixty_forty (reference)", "8.2", "−20.0", "−20.0", "n/a", "−10.0", "5.0"),
        ("+ gold", "8.2", "−21.0", "−20.0", "n/a", "−9.0", "5.0"),
        ("+ put NOT CHECKED RUINED", "8.2", "−22.0", "−20.0", "n/a", "−8.0", "5.0"),
        ("+ call LOOKS AHEAD", "8.2", "−23.0", "−20.0", "n/a", "−7.0", "5.0"),
    ]
    assert first.rows[0][2:4] == ("10.5", "0.68")
    assert second.title == "In two joint sell-offs of stocks and bonds, in percent; sixty_forty lost 6.0"
    assert second.headings == ("Lost", "Mix\nlost", "Payoff", "90%\ninterval", "Growth", "Verdict")
    assert second.rows == (
        ("+ gold", "5.7", "6.0", "0.30", "−0.20 to 0.80", "0.6", "clearly paid"),
        ("+ put NOT CHECKED RUINED", "5.7", "6.0", "0.30", "n/a", "0.6", "void"),
        ("+ call LOOKS AHEAD", "5.7", "6.0", "0.30", "−0.20 to 0.80", "0.6", "clearly paid"),
    )
    assert shown.conclusion == "Head. summary_lines."
    assert shown.notes == (
        "2008 and 2022: calendar years; A dash: 2020-03-09 to 2020-03-18; Lehman: 2008-09-01 to 2008-10-18.",
        "Lost: the mean of all joint sell-offs. Mix: fixed shares of both legs and bills that moved as the strategy "
        "did. Payoff: what the strategy returned beyond it. Growth: over the mix, log points a year.",
        "as_of_lines.",
        "rhythm_lines.",
        "Audit: vectorbt keeps the same 1 accounts to 3e-12 of their value.",
    )


@pytest.mark.parametrize(
    ("start", "end", "heads", "note"),
    [
        ("2008-01-02", "2022-12-29", ["2008\npart", "2022"], "; 2008 part: after the close of 2008-01-02; A dash"),
        ("2007-12-31", "2022-12-28", ["2008", "2022\npart"], "; 2022 part: to 2022-12-28; A dash"),
        ("2022-03-01", "2022-12-30", ["2008", "2022\npart"], "; 2022 part: after the close of 2022-03-01; A dash"),
        ("2019-03-01", "2021-10-01", ["2008", "2022"], "2022: calendar years; A dash"),
    ],
)
def test_parts_of_calendar_years(start: str, end: str, heads: list[str], note: str) -> None:
    """A year that the window enters or leaves amid it is called a part."""
    shown = summary(made("gold", start=start, end=end))
    assert [one for one in shown.tables[0].headings if one[:4] in ("2008", "2022")] == heads
    assert note in shown.notes[0]


def test_the_reference_alone() -> None:
    """There is one table, and there are no notes on another."""
    shown = summary(made())
    assert [grid.title for grid in shown.tables] == ["In percent"]
    assert shown.notes == ("as_of_lines.", "rhythm_lines.")


@pytest.mark.parametrize(
    ("loss", "windows", "did"),
    [(0.0, 2, "; sixty_forty lost 0.0"), (-0.012, 2, "; sixty_forty gained 1.2"), (None, 2, ""), (0.01, 0, "")],
)
def test_what_the_reference_did(loss: float | None, windows: int, did: str) -> None:
    """It lost, or gained; nothing is said where nothing is known."""
    found = made("gold")
    found["joint_sell_offs"] = found["joint_sell_offs"][:windows]
    found["strategies"][0]["scorecard"]["mean_loss"]["strategy"] = loss
    count = {2: "two", 0: "no"}[windows]
    assert summary(found).tables[1].title == f"In {count} joint sell-offs of stocks and bonds, in percent{did}"


def test_years_ends_four_strategies_a_table() -> None:
    """Five take two tables of what would have been said, and two of what followed."""
    names = ("a", "b", "c", "d", "e")
    said = {"payoff_mean": 0.0123, "verdict": "few", "followed": -0.002}
    row = {"end": "2019-12-31", "joint_sell_offs": 3, "followed": 2, "strategies": {"sixty_forty + b": said}}
    found = as_of_tables(made(*names, as_of=[row]))
    assert [grid.headings for grid in found] == [
        heads for heads in (("Sell-\noffs", "+\na", "+\nb", "+\nc", "+\nd"), ("Sell-\noffs", "+\ne")) for _ in range(2)
    ]
    assert [grid.rows for grid in found] == [
        (("2019-12-31", "3", "n/a", "1.23 few", "n/a", "n/a"),),
        (("2019-12-31", "2", "n/a", "−0.20", "n/a", "n/a"),),
        (("2019-12-31", "3", "n/a"),),
        (("2019-12-31", "2", "n/a"),),
    ]
    assert {grid.corner for grid in found} == {"Year-end"}
    assert [grid.title[:4] for grid in found] == ["As o", "What"] * 2
    assert as_of_tables(made(*names)) == as_of_tables(made(*names, as_of=None)) == []


def test_a_summary_as_html() -> None:
    """Tables with heads, the first column to the left, and nothing of a text taken for markup."""
    grid = summaries.TextTable("In <b>", ("A\nb",), (("x & y", "1"),))
    shown = summaries.Summary("head", (grid,), "end", ("note",))
    assert summary_html(shown) == (
        '<div><p>head</p>\n<table>\n<caption style="text-align: left">In &lt;b&gt;</caption>\n'
        '<thead><tr><th scope="col" style="text-align: left">Strategy</th>'
        '<th scope="col" style="text-align: right">A b</th></tr></thead>\n<tbody>\n'
        '<tr><th scope="row" style="text-align: left">x &amp; y</th><td style="text-align: right">1</td></tr>\n'
        "</tbody>\n</table>\n<p>end</p>\n<p><small>note</small></p></div>"
    )
