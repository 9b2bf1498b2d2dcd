"""Texts in charts."""

from backtester.pages.figure import plain


def test_chart_texts_are_plain() -> None:
    """Neither tags nor templates of plotly.js work in a text from outside."""
    assert plain("<a href='x'>%{y}") == "&lt;a href='x'&gt;%\u200b{y}"
