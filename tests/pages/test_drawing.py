"""What a page with charts carries."""

from backtester.pages.drawing import chart_values, minified
from backtester.pages.environment import Section
from backtester.pages.figure import Chart

CHART = Chart("a", "b", "c", (), {}, 300)


def test_plotly_lies_in_a_page_that_has_a_chart() -> None:
    """Not in one without, nor in one beside which it lies, whose policy allows scripts from there."""
    sections = [Section("s", "S", {"charts": [CHART]})]
    none, inside, beside = chart_values([]), chart_values(sections), chart_values(sections, "plotly.js")
    assert [made["plotly"] is None for made in (none, inside, beside)] == [True, False, True]
    assert [made["plotly_source"] for made in (none, inside, beside)] == [None, None, "plotly.js"]
    assert ["'self'" in made["policy"] for made in (none, inside, beside)] == [False, False, True]
    assert [made["policy"].count("sha256-") for made in (none, inside, beside)] == [1, 2, 1]
    assert [list(made["figures"]) for made in (none, inside)] == [[], ["a"]]


def test_a_script_is_lean() -> None:
    """Without its comment lines, indents and empty lines."""
    assert minified("  // why\n\n  a = 1;  // kept\n}\n") == "a = 1;  // kept\n}"
