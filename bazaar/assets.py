"""Stylesheets, scripts and icons, gathered once and served compressed under a fingerprint.

Bootstrap's stylesheet comes from the installed Bootstrap-Flask package and becomes one file with
ours, so that a page needs one request for its looks. The folder's name is the SHA-256 of all it
holds: browsers may keep the files forever, and a changed file gets a new address.
"""

import gzip
import hashlib
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

from bazaar.settings import ROOT

SOURCES = ROOT / "static"
COMPRESSED = {".css", ".js", ".svg"}


def gather(instance_path: Path) -> Path:
    """Write the bundle below `instance_path` unless it is there; return its folder.

    Safe to run from several starting processes: the folder appears complete or not at all.
    """
    contents = dict(_contents())
    digest = hashlib.sha256()
    for name, data in sorted(contents.items()):
        digest.update(name.encode() + b"\0" + data + b"\0")
    folder = instance_path / "static" / digest.hexdigest()[:12]
    if not folder.exists():
        _write(contents, folder)
    return folder


def _contents() -> list[tuple[str, bytes]]:
    bootstrap = files("flask_bootstrap") / "static/bootstrap5/css/bootstrap.min.css"
    styles = [bootstrap.read_bytes().rpartition(b"/*# sourceMappingURL")[0]]
    styles += [path.read_bytes() for path in sorted((SOURCES / "css").glob("*.css"))]
    others = (
        path
        for path in SOURCES.rglob("*")
        if path.is_file() and path.suffix != ".css" and not path.name.startswith(".")
    )
    return [
        ("app.css", b"\n".join(styles)),
        *((path.relative_to(SOURCES).as_posix(), path.read_bytes()) for path in others),
    ]


def _write(contents: dict[str, bytes], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        half_done = Path(temporary) / folder.name
        for name, data in contents.items():
            path = half_done / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            if path.suffix in COMPRESSED:
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))
        try:
            half_done.rename(folder)
        except OSError:  # another process was first
            shutil.rmtree(half_done)
