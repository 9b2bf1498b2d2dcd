"""How Sphinx builds the documentation: `sphinx-build -W docs site`, without a network."""

import importlib.metadata
import sys
from pathlib import Path

import click
from sphinx.application import Sphinx

sys.path[:0] = [str(Path(__file__).parent / "extensions"), str(Path(__file__).parents[1])]  # benchmarks lie beside docs

project = "Crisis Backtester"
author = "The authors of Crisis Backtester"
release = version = importlib.metadata.version("crisis-backtester")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_click", "ran", "page", "linked"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
default_role = "code"  # docstrings write names in single backticks
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
suppress_warnings = ["ref.option"]  # sphinx-click links the variable of a hidden option to an option that it leaves out
exclude_patterns = ["extensions"]
smartquotes = False
html_theme = "pydata_sphinx_theme"
html_title = "Crisis Backtester"
html_static_path = ["static"]
html_css_files = ["docs.css"]
html_show_sourcelink = False
html_show_search_summary = False  # it would be fetched, which a browser refuses of files that it opened from a disk
html_sidebars: dict[str, list[str]] = {"**": []}  # every page is in the bar above
html_theme_options = {
    "show_prev_next": False,
    "header_links_before_dropdown": 4,
    "show_toc_level": 3,
    "navbar_end": ["theme-switcher"],
    "footer_start": [],
    "footer_end": [],
}


def _show_defaults(app: Sphinx, ctx: click.Context, lines: list[str]) -> None:
    """Show defaults as `--help` does: sphinx-click leaves out the command line's settings, which say so."""
    for option in ctx.command.params:
        if isinstance(option, click.Option) and not option.is_flag:
            option.show_default = option.to_info_dict()["default"] is not None


def setup(app: Sphinx) -> None:
    """Connect what sphinx-click asks before it writes a command's options."""
    app.connect("sphinx-click-process-description", _show_defaults)
