"""Stylesheets, scripts and icons, gathered once and served compressed under a fingerprint.

Bootstrap's stylesheet comes from the installed Bootstrap-Flask package and becomes one file with
ours, so that a page needs one request for its looks; `static/css/plan/` becomes `plan.css`, for the
pages about the rotation that ask for it. Bootstrap's rules for classes that no page of
ours names are left out: three quarters of it, which a phone on 3G would wait for. The folder's
name is the SHA-256 of all it is made from: browsers may keep the files forever, and a changed file
gets a new address.
"""

import gzip
import hashlib
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from bazaar.settings import ROOT

SOURCES = ROOT / "static"
PAGES = ((ROOT / "templates", "*.html"), (SOURCES / "js", "*.js"), (ROOT / "bazaar/views", "*.py"))
"""Where classes are named."""

COMPRESSED = {".css", ".js", ".svg"}

_TOKEN: Final = re.compile(
    r"(?P<opening>@[^{};]+\{(?=[^{}]*\{))|(?P<selectors>[^{}]+)(?P<rule>\{[^{}]*\})|\}"
)
"""Of minified CSS: the opening of a block that holds rules, a rule, or the end of such a block."""

_COMMA: Final = re.compile(r",(?![^(]*\))")
_EXCLUDED: Final = re.compile(r":not\([^()]*\)")
_CLASS: Final = re.compile(r"\.([\w-]+)")
_WORD: Final = re.compile(r"[a-z][a-z0-9-]*")


def gather(instance_path: Path) -> Path:
    """Write the bundle below `instance_path` unless it is there; return its folder.

    Safe to run from several starting processes: the folder appears complete or not at all.
    """
    digest = hashlib.sha256(Path(__file__).read_bytes() + _bootstrap())
    for path in sorted({*_files(SOURCES), *_pages()}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    folder = instance_path / "static" / digest.hexdigest()[:12]
    if not folder.exists():
        _write(dict(_contents()), folder)
    return folder


def only_named(css: str, names: Collection[str]) -> str:
    """Return the rules of minified `css` that can match where no class but `names` is used.

    A name with a hyphen at its end, such as `btn-`, is put together with any other.
    """
    kept: list[str] = []
    for token in _TOKEN.finditer(css):
        if token["rule"]:
            selectors = [s for s in _COMMA.split(token["selectors"]) if _can_match(s, names)]
            if selectors:
                kept.append(",".join(selectors) + token["rule"])
        elif token["opening"] or not kept[-1].endswith("{"):
            kept.append(token[0])
        else:  # a block of which nothing is left
            kept.pop()
    return "".join(kept)


def _can_match(selector: str, names: Collection[str]) -> bool:
    return all(_is_named(c, names) for c in _CLASS.findall(_EXCLUDED.sub("", selector)))


def _is_named(name: str, names: Collection[str]) -> bool:
    if name in names:
        return True
    ends = (match.end() for match in re.finditer("-", name))
    return any(name[:end] in names and name[end:] in names for end in ends)


def _contents() -> Iterator[tuple[str, bytes]]:
    banner, comment_end, rules = _bootstrap().decode().partition("*/")
    names = {word for path in _pages() for word in _WORD.findall(path.read_text())}
    sheets = {"css": [banner, comment_end, only_named(rules, names)]}
    for path in _files(SOURCES):
        if path.suffix == ".css":
            sheets.setdefault(path.parent.name, []).append(path.read_text())
        else:
            yield path.relative_to(SOURCES).as_posix(), path.read_bytes()
    for name, styles in sheets.items():
        yield f"{'app' if name == 'css' else name}.css", "\n".join(styles).encode()


def _bootstrap() -> bytes:
    style = files("flask_bootstrap") / "static/bootstrap5/css/bootstrap.min.css"
    return style.read_bytes().rpartition(b"/*# sourceMappingURL")[0]


def _files(folder: Path) -> list[Path]:
    found = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return sorted(found)


def _pages() -> list[Path]:
    return [path for folder, pattern in PAGES for path in sorted(folder.rglob(pattern))]


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
