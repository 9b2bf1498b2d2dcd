"""What roles are called, and the colours of assets."""

import pytest

from backtester.pages.names import asset_key, role_label

DOCUMENT = {"history": {"assets": {"gold": {"label": "Bullion", "colour": "s3"}, "vix": {}, "spun": None}}}


@pytest.mark.parametrize(
    ("role", "label"),
    [("gold", "Bullion"), ("vix", "VIX"), ("pair", "The pair"), ("long_bonds", "Long bonds"), ("spun", "Spun")],
)
def test_a_role_is_called_as_its_history_says(role: str, label: str) -> None:
    """Else by the house's own name, else by its words."""
    assert role_label(role, DOCUMENT) == label


def test_without_a_document_a_role_has_its_own_words() -> None:
    """Those of the house where there are any."""
    assert [role_label(role) for role in ("gold", "cpi")] == ["Gold", "CPI"]


def test_an_asset_has_the_colour_of_its_history() -> None:
    """Cash has one of its own, and what has none is `other`."""
    assert [asset_key(role, DOCUMENT) for role in ("gold", "vix", "bonds", "cash")] == ["s3", "other", "other", "cash"]
