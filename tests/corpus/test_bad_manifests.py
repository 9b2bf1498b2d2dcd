"""Every bad manifest gets its message."""

from pathlib import Path

import pytest

from bad_manifests import BAD_MANIFESTS
from mistakes import refusal


@pytest.mark.parametrize("case", BAD_MANIFESTS)
def test_bad_manifest(tmp_path: Path, case: str) -> None:
    """A manifest that cannot be followed is refused with the place in it; no path of it leads out of its folder."""
    content, says = BAD_MANIFESTS[case]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.toml").write_bytes(content)
    [line] = refusal(tmp_path, "data", "show", "mine", "--data", "data")
    assert line == says or (says.endswith(": ") and line.startswith(says))


@pytest.mark.parametrize("case", [case for case, (_, says) in BAD_MANIFESTS.items() if "manifest.toml" in says])
def test_nothing_is_added_to_a_bad_manifest(tmp_path: Path, case: str) -> None:
    """What nobody can read is not written to either, so that nothing of it is lost."""
    content, says = BAD_MANIFESTS[case]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.toml").write_bytes(content)
    (tmp_path / "gold.csv").write_text("date,close\n2024-01-02,10\n")
    words = ("data", "import", "gold.csv", "--as", "gold", "--kind", "price", "--data", "data")
    [line] = refusal(tmp_path, *words)
    assert line == says or (says.endswith(": ") and line.startswith(says))
