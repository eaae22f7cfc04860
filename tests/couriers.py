"""Couriers for tests: real adapters before pretended providers, put into the application."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Flask

from bazaar import courier_inbox
from bazaar.adapters.biteship import Biteship
from bazaar.adapters.by_hand import ByHand
from bazaar.adapters.fakes import biteship as fake_biteship
from bazaar.adapters.fakes import kiriminaja as fake_kiriminaja
from bazaar.adapters.fakes.serving import Served
from bazaar.adapters.kiriminaja import KiriminAja
from bazaar.bookings import Wish
from bazaar.clockwork import run_errand
from bazaar.db import db
from bazaar.ports import Place
from bazaar.scheduler import ERRANDS

HEADER, SECRET, OLD_SECRET = "X-Bazaar-Secret", "rahasia-baru-0123456789", "rahasia-lama-9876543210"
PATIENCE_S, IMPATIENT_S, SILENCE_S = 10, 1, 2
"""A busy machine is no silence: only who waits for a pretended one gives up early."""
ORIGIN = Place(
    "Panitia Pasar Virtual (Jember)",
    "+6281200000001",
    "Jl. Sudarman 1",
    "35.09.21.1002",
    "Sumbersari",
    "Sumbersari",
    "Kabupaten Jember",
    "Jawa Timur",
    "68121",
)
WISHES = {
    "biteship": Wish("biteship", "JNE Reguler", "jne", "reg", 18_000),
    "kiriminaja": Wish("kiriminaja", "JNE Reguler", "jne", "REG23", 12_000),
    "manual": Wish("manual", "JNE REG"),
}


def biteship(url: str, **given: Any) -> Biteship:
    fields = {"patience_s": PATIENCE_S, **given}
    return Biteship(
        url,
        fake_biteship.KEY,
        header=HEADER,
        secrets=[SECRET, OLD_SECRET],
        couriers="jne,jnt,sicepat",
        **fields,
    )


def kiriminaja(url: str, **given: Any) -> KiriminAja:
    fields = {"patience_s": PATIENCE_S, **given}
    return KiriminAja(url, fake_kiriminaja.KEY, old_keys=["kj_old"], **fields)


MAKERS: dict[str, tuple[Any, Any]] = {
    "biteship": (fake_biteship, biteship),
    "kiriminaja": (fake_kiriminaja, kiriminaja),
}
PROOFS = {
    "biteship": {HEADER: SECRET},
    "kiriminaja": {"Authorization": f"Bearer {fake_kiriminaja.KEY}"},
}


@dataclass
class Provider:
    """A pretended provider that the application books with."""

    app: Flask
    name: str
    served: Served
    fake: Any

    def install(self, **given: object) -> None:
        """Put an adapter into the application, e.g. an impatient one (`patience_s`)."""
        _, adapter = MAKERS[self.name]
        couriers = {"manual": ByHand(), self.name: adapter(self.served.url, **given)}
        before = self.app.extensions["bazaar"]
        self.app.extensions["bazaar"] = replace(before, couriers=couriers, pickup=ORIGIN)

    @property
    def orders(self) -> dict[str, dict[str, object]]:
        return self.fake.orders

    def control(self, **acts: object) -> dict[str, object]:
        db.session.commit()
        return self.served.control(**acts)


@contextmanager
def installed(app: Flask, name: str) -> Iterator[Provider]:
    """Let the application have this provider beside bookings by hand."""
    module, _ = MAKERS[name]
    fake_app = module.make()
    before = app.extensions["bazaar"]
    with Served(fake_app) as served:
        provider = Provider(app, name, served, fake_app.extensions["fake"])
        provider.install()
        try:
            yield provider
        finally:
            app.extensions["bazaar"] = before


def run(name: str) -> int:
    """Run an errand of the clock, as it stands."""
    db.session.commit()
    done = run_errand(next(errand for errand in ERRANDS if errand.name == name))
    db.session.expire_all()
    return done


def work(now: datetime) -> int:
    """Work on all news there are."""
    total = 0
    while done := courier_inbox.work_on(now):
        total += done
    db.session.commit()
    db.session.expire_all()
    return total
