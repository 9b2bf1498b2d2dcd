"""How Sphinx builds the documentation: `sphinx-build -W docs site`, without a network."""

import importlib.metadata
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent / "extensions"), str(Path(__file__).parents[1])]  # benchmarks lie beside docs

project = "Crisis Backtester"
author = "The authors of Crisis Backtester"
release = version = importlib.metadata.version("crisis-backtester")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_click", "ran", "page"]
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
    "navbar_end": ["theme-switcher"],
    "footer_start": [],
    "footer_end": [],
}
