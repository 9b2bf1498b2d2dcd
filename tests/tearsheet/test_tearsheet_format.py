"""Numbers, dates, labels and the packing of arrays."""

import base64

import numpy as np
import pandas as pd
import pytest

from backtester.tearsheet import palette
from backtester.tearsheet.embed import Group, hash_source, json_for_script, script
from backtester.tearsheet.figures.figure import plain
from backtester.tearsheet.format import breakable, counted, date, listed, number, percent, period, points
from backtester.tearsheet.names import cast
from backtester.tearsheet.parts.table import Bars, leg_bars, tone
from documents import document, strategy


def test_numbers() -> None:
    """Numbers have a true minus sign, groups of thousands, and no negative zero."""
    assert number(-1234.567) == "−1,234.57"
    assert number(-0.001) == "0.00"
    assert number(0.5, 1, signed=True) == "+0.5"
    assert percent(-0.12345) == "−12.3%"
    assert points(0.12345, 2) == "12.35"


def test_undefined_is_not_available() -> None:
    """What is null in the document is n/a on the page."""
    assert [number(None), percent(None), points(None), date(None)] == ["n/a"] * 4


def test_dates() -> None:
    """A period tells its year once where both ends share it."""
    assert date("2020-03-04") == "4 Mar 2020"
    assert period("2020-03-04", "2020-03-18") == "4 Mar to 18 Mar 2020"
    assert period("2021-12-28", "2022-01-27") == "28 Dec 2021 to 27 Jan 2022"


def test_words() -> None:
    """Lists and counts read as in a sentence."""
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert [listed(["a"]), listed([])] == ["a", ""]
    assert [counted(1, "strategy"), counted(12, "strategy")] == ["one strategy", "12 strategies"]


def test_labels() -> None:
    """A recipe on top of the reference is labelled by what it adds; any other by its whole name."""
    other = strategy("gold") | {"name": "sixty_forty_plus + gold"}
    names = cast(document(strategy("gold_overlay(size=0.05)"), other))
    assert [one.label for one in names] == ["sixty_forty", "+ gold_overlay(size=0.05)", "sixty_forty_plus + gold"]
    assert names[1].spoken == "gold_overlay(size=0.05)"


def test_breakable_text_is_escaped() -> None:
    """Leave to break a line does not unescape the text."""
    assert str(breakable("a_<b>")) == "a_<wbr>&lt;b&gt;"


def test_tones() -> None:
    """The tone of a difference has its sign and three steps."""
    assert [tone(0.002), tone(-0.02), tone(0.05), tone(0.0005), tone(None)] == ["gain t1", "loss t2", "gain t3", "", ""]


def test_bars_share_a_scale() -> None:
    """Bars of a column run from the lowest to the highest value of all, from one zero line."""
    first, second = leg_bars([{"stocks": -0.3}, {"stocks": 0.1}])
    assert first.zero == second.zero == pytest.approx(75)
    assert first.drawn[0] == ("stocks", pytest.approx(0), pytest.approx(75))
    assert second.drawn[0] == ("stocks", pytest.approx(75), pytest.approx(25))
    assert Bars((("stocks", 0.0),), 0.0, 0.0).drawn == (("stocks", 0.0, 0.0),)


def test_json_cannot_end_its_script() -> None:
    """The signs that HTML knows, and JavaScript's line separators, are escaped in data."""
    text = str(json_for_script({"name": "</script><!--&\u2028"}))
    assert not set("<>&\u2028") & set(text)
    assert text == '{"name":"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028"}'


def test_scripts_cannot_end_their_element() -> None:
    """A script that holds the end of its own element is refused."""
    with pytest.raises(ValueError, match="must hold neither"):
        script("x = '</script>'")


def test_hash_of_a_script() -> None:
    """The hash is the one that browsers compute (the example of MDN's page on script-src)."""
    assert hash_source("doSomething();") == "sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc="


def test_arrays_are_packed() -> None:
    """Dates are days since 1970 as int32, values float32, both little-endian in base64."""
    group = Group("g", pd.DatetimeIndex(["1970-01-02", "2020-03-04"]), {"nav": np.array([1.0, 0.5])})
    packed = group.packed()
    assert np.frombuffer(base64.b64decode(packed["dates"]), "<i4").tolist() == [1, 18325]
    assert np.frombuffer(base64.b64decode(packed["arrays"]["nav"]), "<f4").tolist() == [1.0, 0.5]


def test_chart_texts_are_plain() -> None:
    """Neither tags nor templates of plotly.js work in a text from outside."""
    assert plain("<a href='x'>%{y}") == "&lt;a href='x'&gt;%\u200b{y}"


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_contrast(mode: str) -> None:
    """Text has a contrast of 4.5 to its background and lines of 3, in both modes (WCAG 2.2, AA)."""
    colours = palette.MODES[mode]
    texts = [contrast(colours[key], colours["paper"]) for key in ("ink", "muted", "accent", "gain", "loss", "warn")]
    lines = [contrast(colours[key], colours["paper"]) for key in (*palette.LINES, "reference", "stocks")]
    assert min(texts) >= 4.5
    assert min(lines) >= 3


def test_colours_are_told_apart() -> None:
    """Each of the twelve strategies beside the reference has a colour and dashes that no other one shares in both."""
    for colours in palette.MODES.values():
        assert len({(colours[palette.line_key(place)], palette.line_dash(place)) for place in range(13)}) == 13
