"""The templates and static files that pages share."""

from backtester.pages.environment import breakable


def test_breakable_text_is_escaped() -> None:
    """Leave to break a line does not unescape the text."""
    assert str(breakable("a_<b>")) == "a_<wbr>&lt;b&gt;"
