"""The demo's sellers and products, through the committee's own door: the import of two lists.

Their photos are drawn by `bazaar.demo.photos`. That takes a tenth of a second each, so two
processes draw at once, and what was drawn is remembered in the photo folder: a second start, or
a demo that is built anew, draws nothing.
"""

import hashlib
import json
import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from bazaar import imports, photos
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.demo.photos import draw
from bazaar.imports import Status
from bazaar.imports.entries import LAYOUTS
from bazaar.models import Edition, Product, Seller
from bazaar.rules import sheets
from bazaar.rules.sheets import Fault, Sheet
from bazaar.tokens import Links
from bazaar.web import Services

FOLDER: Final = Path(__file__).parent / "edition"
FILES: Final = {"sellers": "penjual.csv", "products": "produk.csv"}
ACTOR: Final = Actor("committee:demo", "Demo")
"""The committee: a first account that it brings receives money at once."""
DRAWN: Final = "drawn.json"
"""In the photo folder: the names of photos by what they were drawn from."""

WORTH_A_PROCESS: Final = 20
"""So few drawings are made without another process."""


@dataclass(frozen=True, slots=True)
class Motif:
    """What a drawing is made from."""

    name: str
    cluster: str
    seed: str

    @property
    def key(self) -> str:
        """The same for the same drawing by the same program."""
        parts = f"{_program()}|{self.name}|{self.cluster}|{self.seed}"
        return hashlib.sha256(parts.encode()).hexdigest()


def load(edition: Edition, services: Services, *, now: datetime) -> None:
    """Import the demo's lists into the current edition and give each product its photo."""
    import_lists(edition, services.links, now=now)
    give_photos(services.settings.instance_path / "photos")


def import_lists(edition: Edition, links: Links, *, now: datetime) -> None:
    """Import the demo's sellers and products as the committee would.

    Again it brings sellers, products and stock back to what the lists say. Raises ValueError
    when the lists have faults: they are ours.
    """
    draft = imports.make(_lists(), list(FILES.values()), actor=ACTOR, now=now)
    wrong = [line for line in imports.review(draft).lines if line.status is Status.WRONG]
    if wrong:
        faults = [f"{line.title}: {fault}" for line in wrong for fault in line.faults.values()]
        raise ValueError(f"{edition.name}: {faults[:5]}")
    imports.apply(draft, links=links, actor=ACTOR, now=now)


def give_photos(folder: Path) -> int:
    """Draw photos for all products without one; return how many products got one."""
    query = sa.select(Product, Seller.cluster).join(Product.seller)
    wanted = {
        product: Motif(product.name, cluster, product.code)
        for product, cluster in db.session.execute(query)
        if product.photo is None or not photos.exists(product.photo, folder)
    }
    names = drawings(wanted.values(), folder)
    for product, motif in wanted.items():
        product.photo = names[motif]
    return len(wanted)


def drawings(
    motifs: Iterable[Motif], folder: Path, *, processes: int | None = None
) -> dict[Motif, str]:
    """Return the photo of each motif, drawing those that are not in the folder yet.

    `processes` draw at once; None chooses by the machine and by how many are to be drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = dict.fromkeys(motifs)
    drawn = _drawn(folder)
    known = {motif: drawn.get(motif.key, "") for motif in wanted}
    missing = [motif for motif, name in known.items() if not photos.exists(name, folder)]
    known |= zip(missing, _draw_all(missing, folder, processes), strict=True)
    if missing:
        text = json.dumps(drawn | {motif.key: name for motif, name in known.items()})
        temporary = folder / f".{DRAWN}-{os.getpid()}"
        temporary.write_text(text)
        temporary.replace(folder / DRAWN)
    return known


def _draw_all(motifs: list[Motif], folder: Path, processes: int | None) -> Iterator[str]:
    work = partial(_draw, folder=folder)
    if processes is None:
        # Beside other threads a fork is not safe.
        alone = len(motifs) < WORTH_A_PROCESS or threading.active_count() > 1
        processes = 1 if alone else min(os.cpu_count() or 1, 4)
    if processes == 1:
        yield from map(work, motifs)
        return
    # Forked, since starting Python anew would take as long as the drawing; the children touch
    # neither the database nor anything that is locked.
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap(work, motifs, chunksize=8)


def _draw(motif: Motif, folder: Path) -> str:
    return photos.write(draw(motif.name, motif.cluster, seed=motif.seed), folder)


def _drawn(folder: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((folder / DRAWN).read_text())
    except (OSError, ValueError):
        return {}
    return found


@cache
def _program() -> str:
    """Return a fingerprint of the drawing program, so that a changed one draws anew."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "photos").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _lists() -> list[Sheet]:
    lists = []
    for kind, name in FILES.items():
        found = sheets.read((FOLDER / name).read_bytes(), LAYOUTS[kind])
        if isinstance(found, Fault):
            raise ValueError(f"{name}: {found}")  # noqa: TRY004 - the file is wrong, not its type
        lists.append(found)
    return lists
