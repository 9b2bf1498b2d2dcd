"""What a page carries: data, scripts and their hashes, packed arrays."""

import base64

import numpy as np
import pandas as pd
import pytest

from backtester.pages.embed import (
    DatedArrays,
    hash_source,
    json_for_script,
    plotly_js,
    plotly_pieces,
    policy,
    quantised,
    script,
    stylesheet_policy,
)


def test_json_cannot_end_its_script() -> None:
    """The signs that HTML knows, and JavaScript's line separators, are escaped in data."""
    text = str(json_for_script({"name": "</script><!--&\u2028"}))
    assert not set("<>&\u2028") & set(text)
    assert json_for_script("\N{MINUS SIGN}1") == '"\N{MINUS SIGN}1"', "other letters stay as they are"
    with pytest.raises(ValueError, match="Out of range float"):
        json_for_script([float("nan")])
    assert text == '{"name":"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028"}'


def test_scripts_cannot_end_their_element() -> None:
    """A script that holds the end of its own element is refused."""
    with pytest.raises(ValueError, match="must hold neither"):
        script("x = '</script>'")


def test_hash_of_a_script() -> None:
    """The hash is the one that browsers compute (the example of MDN's page on script-src)."""
    assert hash_source("doSomething();") == "sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc="


def levels(text: str) -> list[int]:
    """What a script reads of a packed text."""
    return np.frombuffer(base64.b64decode(text), "<u2").tolist()


def test_arrays_are_packed() -> None:
    """Dates are days after the first, values steps of a 65,534th of their range; NaN is the highest number."""
    dates = pd.DatetimeIndex(["1970-01-02", "1970-01-05", "2020-03-04"])
    packed = DatedArrays("g", dates, {"nav": np.array([2.0, 1.0, np.nan]), "flat": np.full(3, 0.3)}).packed()
    assert packed["first"] == 1
    assert (packed["wide"], levels(packed["days"])) == (True, [0, 3, 18321])
    near = DatedArrays("g", dates[:2], {}).packed()
    assert (near["wide"], list(base64.b64decode(near["days"]))) == (False, [0, 3])
    low, step, text = packed["arrays"]["nav"]
    assert (low, levels(text)) == (1.0, [65534, 0, 65535])
    assert low + 65534 * step == 2.0
    assert packed["arrays"]["flat"][:2] == [0.3, 0.0]
    assert levels(packed["arrays"]["flat"][2]) == [0, 0, 0]
    assert DatedArrays("none", pd.DatetimeIndex([]), {"nav": np.array([])}).packed()["arrays"]["nav"] == [0.0, 0.0, ""]
    assert DatedArrays("none", pd.DatetimeIndex([]), {}).packed()["first"] == 0


def test_every_value_is_within_half_a_step() -> None:
    """The lowest and the highest, which charts are read for, are exact."""
    values = np.exp(np.random.default_rng(1).normal(size=5000).cumsum() / 30)
    low, step, text = quantised(values)
    read = low + step * np.array(levels(text))
    assert np.abs(read - values).max() <= step * 0.5000001
    assert (read.min(), read.max()) == pytest.approx((values.min(), values.max()), rel=1e-15)


@pytest.mark.parametrize(("days", "wide"), [(255, False), (256, True)])
def test_days_between_dates_have_eight_bits_where_they_fit(days: int, wide: bool) -> None:
    """255 days do; 256 need sixteen."""
    dates = pd.DatetimeIndex(["2020-01-01", pd.Timestamp("2020-01-01") + pd.Timedelta(days=days)])
    found = DatedArrays("g", dates, {}).packed()
    steps = levels(found["days"]) if wide else list(base64.b64decode(found["days"]))
    assert (found["wide"], steps) == (wide, [0, days])


def test_policies_name_what_may_run() -> None:
    """Nothing is loaded; scripts by their hashes, and from beside the page where they lie there."""
    allowed = f"'{hash_source('a')}' '{hash_source(b'b')}'"
    rest = "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    assert policy(["a", b"b"]) == f"default-src 'none'; script-src {allowed}; {rest}"
    assert policy(["a", b"b"], beside=True) == f"default-src 'none'; script-src 'self' {allowed}; {rest}"
    assert f"style-src '{hash_source('p {}')}'; img-src data:;" in stylesheet_policy("p {}")


def test_the_pieces_of_a_script_are_the_script() -> None:
    """Each but the last of 64 KiB, which may part a letter of several bytes."""
    pieces = list(plotly_pieces())
    assert "".join(pieces).encode() == plotly_js()
    assert len(pieces[0].encode()) == 65_536
    assert len(pieces) == -(-len(plotly_js()) // 65_536)
