"""Which ways of telling sellers something this installation has."""

from collections.abc import Mapping

from bazaar.models import ContactKind
from bazaar.show.contacts import WayNotSetUp
from bazaar.web.services import services


def set_up() -> Mapping[ContactKind, bool]:
    """Say of each way whether messages can leave by it; an address of Apprise brings its account."""
    known = services()
    return {
        ContactKind.EMAIL: known.messenger is not None,
        ContactKind.TELEGRAM: bool(known.settings.telegram_token),
        ContactKind.OTHER: True,
    }


def require(kind: ContactKind) -> None:
    """Raise WayNotSetUp where no message can leave by this way."""
    if not set_up()[kind]:
        raise WayNotSetUp
