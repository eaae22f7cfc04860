"""The bundle of styles, scripts and icons."""

import gzip
import re
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("css", "left"),
    [
        ("a{x:1}.btn{x:2}", "a{x:1}.btn{x:2}"),
        (".modal{x:1}.btn .modal{x:2}.btn>a{x:3}", ".btn>a{x:3}"),
        (".modal,.btn:hover,a{x:1}", ".btn:hover,a{x:1}"),
        (".btn:not(.modal):focus{x:1}", ".btn:not(.modal):focus{x:1}"),
        (".btn:is(a,b){x:1}", ".btn:is(a,b){x:1}"),
        (".tag-done{x:1}.tag-{x:2}.btn-done{x:3}", ".tag-done{x:1}.tag-{x:2}"),
        ("@media (w){.btn{x:1}.modal{x:2}}", "@media (w){.btn{x:1}}"),
        ("@media (w){.modal{x:2}}a{x:1}", "a{x:1}"),
        ("@keyframes k{from{x:1}to{x:2}}", "@keyframes k{from{x:1}to{x:2}}"),
        ("@font-face{x:1}.modal{x:2}", "@font-face{x:1}"),
    ],
)
def test_rules_stay_that_can_match(css: str, left: str) -> None:
    assert assets.only_named(css, {"btn", "tag-", "done"}) == left


def test_of_bootstrap_stays_what_pages_name(tmp_path: Path) -> None:
    style = (assets.gather(tmp_path) / "app.css").read_text()
    classes = set(re.findall(r"\.([\w-]+)", style))

    assert {"btn", "btn-danger", "form-control", "is-invalid", "visually-hidden"} <= classes
    assert not {"carousel", "offcanvas", "modal-dialog", "accordion"} & classes


def test_a_changed_page_gives_a_new_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    page.write_text('<p class="a">')
    monkeypatch.setattr(assets, "PAGES", ((tmp_path, "*.html"),))
    before = assets.gather(tmp_path)

    page.write_text('<p class="carousel">')

    assert assets.gather(tmp_path) != before
    assert ".carousel{" in (assets.gather(tmp_path) / "app.css").read_text()
