"""What verify says of the largest difference, by hand."""

import pytest

from backtester.cli.actions import verify
from backtester.runs.comparable import SAME_VALUE
from backtester.runs.verify import Difference

INFINITE = float("inf")


@pytest.mark.parametrize(
    ("size", "document", "words"),
    [
        (0.0, (True, 0.0), "Every figure is the same, to the last bit"),
        (SAME_VALUE, (True, SAME_VALUE), "rounding explains"),
        (2 * SAME_VALUE, (False, 2 * SAME_VALUE), "The largest difference of any figure"),
        (INFINITE, (False, None), "The largest difference of any figure"),
    ],
)
def test_a_difference_in_words_and_as_a_document(
    capsys: pytest.CaptureFixture[str], size: float, document: tuple[bool, float | None], words: str
) -> None:
    """Up to rounding it is equal; a figure that is missing has no number."""
    found = Difference(size, "measures.cagr")
    assert verify._document(found) == {
        "equal": document[0], "largest_difference": document[1], "at": "measures.cagr",
    }  # fmt: skip
    verify._say(found)
    said = capsys.readouterr().out
    assert words in said
    assert ("rounding explains" in said) is (0 < size <= SAME_VALUE)


def test_other_versions_are_noted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that differ alone."""
    monkeypatch.setattr(verify, "versions", lambda: {"numpy": "2.0", "pandas": "3.0"})
    verify._note_versions({"versions": {"numpy": "2.0", "pandas": "2.9"}}, "run")
    assert capsys.readouterr().err == "Note: the run was made with pandas 2.9; this is 3.0\n"
