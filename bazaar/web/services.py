"""What `bazaar.app` built once and views may use."""

from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from bazaar.ports import Messenger
from bazaar.seals import Seals
from bazaar.settings import Settings
from bazaar.tokens import Links


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of this installation that are not business. `draw_seals` close secrets of draws."""

    settings: Settings
    links: Links
    seals: Seals
    draw_seals: Seals
    messenger: Messenger | None
    assets: Path


def cookie_name(name: str) -> str:
    """Return the full name of one of our cookies; over https one that only this host can set."""
    return f"__Host-{name}" if services().settings.secure else name


def services() -> Services:
    """Return the services of the running application."""
    found: Services = current_app.extensions["bazaar"]
    return found
