"""The tearsheet beside the page that explains it: a frame, and links that turn it to a section."""

import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from ran import folder_of
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

MADE_BY = "start"  # the page whose commands write the run's folder `first`
RUN = "first"


def titles(html: str) -> dict[str, str]:
    """What the line of contents of a tearsheet calls each of its sections, by its id."""
    return dict(re.findall(r'<li><a href="#([\w-]+)">(.*?)</a></li>', html))


class Tearsheet(SphinxDirective):
    """The frame with the page in it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The frame."""
        source = escape(self.arguments[0])
        frame = f'<div class="beside"><iframe name="tearsheet" title="The tearsheet" src="{source}"></iframe></div>'
        return [nodes.raw("", frame, format="html")]


class SectionLink(SphinxRole):
    """A section's heading, which turns the frame to it; an error where the page has no such section."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The link."""
        known = titles((folder_of(MADE_BY) / RUN / "tearsheet.html").read_text(encoding="utf-8"))
        if self.text not in known:
            return [], [self.inliner.reporter.error(f"the page has no section {self.text!r}, but {', '.join(known)}")]
        link = f'<a target="tearsheet" href="{RUN}/tearsheet.html#{self.text}">{known[self.text]}</a>'
        return [nodes.raw("", link, format="html")], []


def copy(app: Sphinx, error: Exception | None) -> None:
    """Put the run's folder beside the pages."""
    if error is None and app.builder.format == "html":
        shutil.copytree(folder_of(MADE_BY) / RUN, Path(app.outdir) / RUN, dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Hand both to Sphinx; the page that makes the run is read before the one that shows it."""
    app.add_directive("tearsheet", Tearsheet)
    app.add_role("section", SectionLink())
    app.connect("build-finished", copy)
    app.connect("env-before-read-docs", lambda app, env, names: names.sort(key=lambda name: (name != MADE_BY, name)))
    return {"parallel_read_safe": False}
