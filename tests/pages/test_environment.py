"""The templates and static files that pages share."""

from pathlib import Path

import jinja2
import pytest

from backtester.pages.environment import TemplateCache, breakable, environment, marked


def shown(text: str) -> str:
    """What a template of this text shows."""
    made = jinja2.Environment(loader=jinja2.DictLoader({"page": text}), autoescape=True, bytecode_cache=TemplateCache())
    return made.get_template("page").render(value="<b>")


def test_templates_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of a text is kept and run again; another text, and damage to what is kept, are compiled anew."""
    monkeypatch.setenv("BACKTESTER_CACHE", str(tmp_path))
    assert shown("a{{ value }}") == "a&lt;b&gt;"
    (kept,) = (tmp_path / "templates").iterdir()
    for text in "ab":
        assert shown(text + "{{ value }}") == f"{text}&lt;b&gt;"
        with monkeypatch.context() as patch:
            patch.setattr(jinja2.Environment, "compile", None)  # nothing can be compiled
            assert shown(text + "{{ value }}") == f"{text}&lt;b&gt;"
    for damage in (b"", kept.read_bytes()[:-7], b"\x80"):
        kept.write_bytes(damage)
        assert shown("a{{ value }}") == "a&lt;b&gt;"


def test_templates_need_no_place_to_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no folder can be made they are compiled each time."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("BACKTESTER_CACHE", str(tmp_path / "file"))
    assert [shown("a"), shown("a")] == ["a", "a"]


def test_templates_are_kept_in_a_cache_that_is_not_there_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folders are made."""
    monkeypatch.setenv("BACKTESTER_CACHE", str(tmp_path / "a" / "b"))
    assert shown("a") == "a"
    assert len(list((tmp_path / "a" / "b" / "templates").iterdir())) == 1


def test_templates_escape_and_leave_no_lines_of_their_own() -> None:
    """Texts are escaped; a line with nothing but a statement leaves neither its indent nor its end."""
    made = environment("backtester.pages").from_string("{% if value %}\n  a{{ value }}\n  {% endif %}\nb")
    assert made.render(value="<") == "  a&lt;\nb"


def test_breakable_text_is_escaped() -> None:
    """Leave to break a line does not unescape the text."""
    assert str(breakable("a_<b>")) == "a_<wbr>&lt;b&gt;"


def test_code_in_a_text_is_marked_and_escaped() -> None:
    """What stands between backticks is code; tags in it and about it stay words."""
    assert str(marked("<i> see `a <b>`, `c")) == "&lt;i&gt; see <code>a &lt;b&gt;</code>, `c"
