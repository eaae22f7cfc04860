"""What `bazaar.app` built once and views may use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import current_app

from bazaar import editions, times
from bazaar.orders import Charging, Desk
from bazaar.ports import Courier, Messenger, PaymentGateway, Place
from bazaar.rules.show.quiet import Quiet
from bazaar.seals import Seals
from bazaar.settings import Settings
from bazaar.show import sending
from bazaar.tokens import Links
from bazaar.waiting_words import Letters

DESK = "bazaar.desk"


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of this installation that are not business. `draw_seals` close secrets of draws.

    `couriers` by name; `manual` is always there. They come to `pickup`, None without a provider.
    `gateways` by name, the one to be asked first before others; none where none is set up.
    `contact_seals` close addresses at which sellers are told things; `chats` carries those to chats.
    `tax_seals` close sellers' tax numbers.
    """

    settings: Settings
    links: Links
    seals: Seals
    draw_seals: Seals
    messenger: Messenger | None
    assets: Path
    couriers: Mapping[str, Courier]
    pickup: Place | None
    gateways: Mapping[str, PaymentGateway]
    contact_seals: Seals
    chats: Messenger
    tax_seals: Seals


def charging_of(settings: Settings) -> Charging:
    """Return how this installation asks for money."""
    grace = timedelta(days=settings.amount_grace_days)
    return Charging(settings.qris_max_idr, dynamic=settings.dynamic_qris, grace=grace)


def desk() -> Desk:
    """Return where this process places orders."""
    found: Desk = current_app.extensions[DESK]
    return found


def cookie_name(name: str) -> str:
    """Return the full name of one of our cookies; over https one that only this host can set."""
    return f"__Host-{name}" if services().settings.secure else name


def waiting_letters() -> Letters:
    """Return what the words of an offer to somebody who waits need."""
    edition = editions.find_current()
    zone = edition.zone if edition else times.WIB
    return Letters(
        services().links,
        services().settings.public_url,
        lambda instant: f"{instant.astimezone(zone):%H.%M}",
    )


def sending_desk() -> sending.Desk:
    """Return what letters about turns need when they leave."""
    known = services()
    quiet = Quiet(known.settings.quiet_from, known.settings.quiet_until)
    return sending.Desk(known.settings.public_url, known.links, known.contact_seals, quiet)


def services() -> Services:
    """Return the services of the running application."""
    found: Services = current_app.extensions["bazaar"]
    return found
