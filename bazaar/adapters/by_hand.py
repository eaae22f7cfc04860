"""Couriers ordered by telephone or chat: the committee does what is asked, and tells what happens."""

from collections.abc import Mapping, Sequence
from typing import Any

from bazaar.ports import Booked, Consignment, CourierRate, Notice, Place, Shipment


class ByHand:
    """A Courier that goes nowhere: booking is writing down that somebody has booked."""

    name = "manual"
    needs_area = False

    def find_area(self, place: Place) -> str:
        """Places need no id."""
        return ""

    def rates(self, shipment: Shipment, *, timeout_s: float) -> Sequence[CourierRate]:
        """Prices are in the committee's own table."""
        return []

    def book(self, shipment: Shipment) -> Booked:
        """Take it as booked."""
        return Booked(shipment.key)

    def cancel(self, order: Consignment, reason: str) -> bool:
        """Take it as called off."""
        return True

    def track(self, order: Consignment) -> Sequence[Notice]:
        """Nobody tells."""
        return []

    def is_probe(self, body: object) -> bool:
        """No machine calls."""
        return False

    def proves(self, headers: Mapping[str, str]) -> bool:
        """No machine is believed."""
        return False

    def read_webhook(self, body: Mapping[str, Any]) -> Sequence[Notice]:
        """No news."""
        return []
