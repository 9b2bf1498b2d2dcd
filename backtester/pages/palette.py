"""The colours of all pages by key, in a light and a dark form; each key has one meaning on every page.

Hues follow Okabe and Ito (2008) and Tol (2021), which colour-blind readers can distinguish; lines have dashes too.
Lines have a contrast of at least 3 to the background, text of at least 4.5 (WCAG 2.2, AA).
"""

from collections.abc import Mapping

# paper, panel: backgrounds. ink, muted: text. rule, faint: lines of tables and grids. accent: links. gain, loss, warn:
# as they say. together: stocks and bonds fall together. shade: joint sell-offs in charts. even: neither gain nor loss.
# blue to olive: assets, then cash and all other assets. reference, s1 to s12: lines of strategies.
LIGHT = {
    "paper": "#ffffff", "panel": "#f4f5f6", "ink": "#16181a", "muted": "#565c63", "rule": "#dde0e3", "faint": "#eceef0",
    "accent": "#0b5d73", "gain": "#0072b2", "loss": "#c2500a", "warn": "#a3121f", "together": "#b4232a",
    "shade": "#d7a59a", "even": "#dcdbd5",
    "blue": "#0072b2", "sky": "#56b4e9", "violet": "#8d7fc7", "amber": "#e69f00", "green": "#009e73",
    "teal": "#4fb3a9", "brick": "#b5563f", "olive": "#9a9a3c",
    "cash": "#b4b9bf", "other": "#cc79a7", "reference": "#16181a",
    "s1": "#147b92", "s2": "#3c543c", "s3": "#7f0083", "s4": "#936927", "s5": "#2f3dcf", "s6": "#c2500a",
    "s7": "#c24f62", "s8": "#6b6f1d", "s9": "#7a4a2a", "s10": "#5b6b8c", "s11": "#8e3db5",
    "s12": "#7d7164",
}  # fmt: skip
DARK = {
    "paper": "#14171a", "panel": "#1c2024", "ink": "#eceef0", "muted": "#a4abb2", "rule": "#2d3237", "faint": "#23282d",
    "accent": "#6fc3d8", "gain": "#62b5ea", "loss": "#f39a5b", "warn": "#ff8a8a", "together": "#ff7a70",
    "shade": "#7a4038", "even": "#4a5159",
    "blue": "#3d9bd6", "sky": "#8ccdf2", "violet": "#b3a7ec", "amber": "#f0b429", "green": "#2dbf93",
    "teal": "#7fd6cd", "brick": "#d98a75", "olive": "#bcbc62",
    "cash": "#6b737c", "other": "#dd96bd", "reference": "#f2f3f4",
    "s1": "#34b7f6", "s2": "#63f971", "s3": "#b96891", "s4": "#bda35c", "s5": "#5b79f8", "s6": "#f58a42",
    "s7": "#ff97a5", "s8": "#c3c864", "s9": "#cf9f78", "s10": "#a3b4d8", "s11": "#d095f2",
    "s12": "#c9bdb0",
}  # fmt: skip
LINE_COLOURS = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12")
OTHER_LINES = ("accent", "muted", "shade")  # of lines that are not strategies
ASSETS = ("blue", "sky", "violet", "amber", "green", "teal", "brick", "olive")  # colours that a manifest can ask for
AREAS = (*ASSETS, "cash", "other")  # of areas in charts of weights
DASHES = ("", "7 2", "2 2", "7 2 2 2", "12 3", "4 2", "12 3 2 3")


def line_key(index: int) -> str:
    """The key of the colour of the strategy at an index among a run's; the reference has index 0."""
    return "reference" if index == 0 else LINE_COLOURS[(index - 1) % len(LINE_COLOURS)]


def line_dash(index: int) -> str:
    """The dashes of the strategy at an index as an SVG dash array; empty, so a solid line, for 0, 1, and each seventh
    index after 1."""
    return "" if index == 0 else DASHES[(index - 1) % len(DASHES)]


def asset_colours(wanted: Mapping[str, str | None]) -> dict[str, str]:
    """The key of the colour of each asset by role: the one in `wanted`, else the next that is free, else `other`."""
    free = iter([colour for colour in ASSETS if colour not in wanted.values()])
    return {role: colour or next(free, "other") for role, colour in wanted.items()}


def stylesheet() -> str:
    """CSS with a variable for each colour, in dark mode the dark one, and a class for each kind of line and area."""
    variables = {
        mode: "".join(f"--{key}:{value};" for key, value in colours.items()) for mode, colours in MODES.items()
    }
    keys = [key for key in LIGHT if key in (*LINE_COLOURS, *AREAS, *OTHER_LINES, "reference")]
    classes = "".join(f".line-{key}{{stroke:var(--{key})}}.area-{key}{{fill:var(--{key})}}" for key in keys)
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{variables['dark']}}}}}"
    return f":root{{{variables['light']}}}{dark}{classes}"


MODES = {"light": LIGHT, "dark": DARK}
