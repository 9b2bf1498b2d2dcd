"""What a page carries: data, scripts and their hashes, packed arrays."""

import base64

import numpy as np
import pandas as pd
import pytest

from backtester.pages.embed import Group, hash_source, json_for_script, script


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
