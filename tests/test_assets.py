"""The bundle of styles, scripts and icons."""

import gzip
from pathlib import Path

from bazaar import assets


def test_styles_become_one_file_with_bootstrap_first(tmp_path: Path) -> None:
    style = (assets.gather(tmp_path) / "app.css").read_text()

    assert "Bootstrap" in style[:200]
    assert "sourceMappingURL" not in style
    for own in (assets.SOURCES / "css").glob("*.css"):
        assert own.read_text() in style


def test_text_lies_compressed_beside_itself(tmp_path: Path) -> None:
    bundle = assets.gather(tmp_path)

    for file in bundle.rglob("*.gz"):
        assert gzip.decompress(file.read_bytes()) == file.with_suffix("").read_bytes()
    assert (bundle / "app.css.gz").exists()


def test_gathering_again_changes_nothing(tmp_path: Path) -> None:
    first = assets.gather(tmp_path)
    written = (first / "app.css").stat().st_mtime_ns

    assert assets.gather(tmp_path) == first
    assert (first / "app.css").stat().st_mtime_ns == written
    assert [path.name for path in first.parent.iterdir()] == [first.name]
