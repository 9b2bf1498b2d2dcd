"""The colours: readable, and different for every strategy."""

from typing import get_args

import pytest

from backtester.histories.keys import Colour
from backtester.pages import palette


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
    lines = [contrast(colours[key], colours["paper"]) for key in (*palette.LINE_COLOURS, "reference", "blue")]
    assert min(texts) >= 4.5
    assert min(lines) >= 3


def test_colours_are_told_apart() -> None:
    """Each of the twelve strategies beside the reference has a colour and dashes that no other one shares in both."""
    for colours in palette.MODES.values():
        assert len({(colours[palette.line_key(place)], palette.line_dash(place)) for place in range(13)}) == 13


def test_the_reference_and_the_first_are_whole_lines() -> None:
    """The others are dashed, from the second on."""
    assert [bool(palette.line_dash(place)) for place in range(4)] == [False, False, True, True]


def test_assets_have_the_colours_that_a_manifest_may_name() -> None:
    """Each is in the palette, and no two look the same."""
    assert get_args(Colour) == palette.ASSETS
    for colours in palette.MODES.values():
        assert len({colours[key] for key in palette.AREAS}) == len(palette.AREAS)


def test_an_asset_without_a_colour_takes_the_next_that_is_free() -> None:
    """Those that are asked for keep theirs; past the last there is the one of others."""
    wanted: dict[str, str | None] = {"a": None, "b": "blue", **dict.fromkeys("cdefghi")}
    found = palette.asset_colours(wanted)
    assert list(found.values()) == ["sky", "blue", "violet", "amber", "green", "teal", "brick", "olive", "other"]


@pytest.mark.parametrize(
    ("place", "key", "dash"),
    [
        (0, "reference", ""), (1, "s1", ""), (2, "s2", "7 2"), (7, "s7", "12 3 2 3"), (8, "s8", ""), (9, "s9", "7 2"),
        (12, "s12", "12 3"), (13, "s1", "4 2"),
    ],
)  # fmt: skip
def test_lines_by_place(place: int, key: str, dash: str) -> None:
    """Twelve colours and seven dashes, which begin again."""
    assert (palette.line_key(place), palette.line_dash(place)) == (key, dash)
