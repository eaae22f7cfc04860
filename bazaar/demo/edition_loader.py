"""The demo's sellers and products, through the committee's own door: the import of two lists."""

from datetime import datetime
from pathlib import Path
from typing import Final

from bazaar import imports
from bazaar.audit import Actor
from bazaar.imports import Status
from bazaar.imports.entries import LAYOUTS
from bazaar.models import Edition
from bazaar.rules import sheets
from bazaar.rules.sheets import Fault, Sheet
from bazaar.web import Services

FOLDER: Final = Path(__file__).parent / "edition"
FILES: Final = {"sellers": "penjual.csv", "products": "produk.csv"}
ACTOR: Final = Actor("demo", "Demo")


def load(edition: Edition, services: Services, *, now: datetime) -> None:
    """Import the demo's lists into the current edition and give each product its photo.

    Again it brings sellers, products and stock back to what the lists say. Raises ValueError
    when the lists have faults: they are ours.
    """
    draft = imports.make(_lists(), list(FILES.values()), actor=ACTOR, now=now)
    wrong = [line for line in imports.review(draft).lines if line.status is Status.WRONG]
    if wrong:
        faults = [f"{line.title}: {fault}" for line in wrong for fault in line.faults.values()]
        raise ValueError(f"{edition.name}: {faults[:5]}")
    imports.apply(draft, links=services.links, actor=ACTOR, now=now)


def _lists() -> list[Sheet]:
    lists = []
    for kind, name in FILES.items():
        found = sheets.read((FOLDER / name).read_bytes(), LAYOUTS[kind])
        if isinstance(found, Fault):
            raise ValueError(f"{name}: {found}")  # noqa: TRY004 - the file is wrong, not its type
        lists.append(found)
    return lists
