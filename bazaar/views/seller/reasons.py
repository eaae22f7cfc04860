"""Why a seller has this turn, and why not that slot."""

from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue

from bazaar import rotation, sellers, times
from bazaar.models import Edition, Release, Seller
from bazaar.rotation import elsewhere, explanations
from bazaar.rotation.elsewhere import Answer, NoSuchSlot
from bazaar.views import navigation
from bazaar.web.formats import current_edition


def turn(token: str, uid: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    found = explanations.get_turn(current_edition(), uid)
    if found.seller_id != seller.id:
        raise explanations.NoSuchTurn
    return render_template(
        "seller/why.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        why=explanations.explain(found),
    )


def not_mine(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    edition = current_edition()
    release = rotation.find_current_release(edition) if edition else None
    facts = _day_of(edition, release, seller) if edition and release else {"days": {}}
    return render_template(
        "seller/why_not.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        **facts,
    )


def _day_of(edition: Edition, release: Release, seller: Seller) -> dict[str, object]:
    days = rotation.days_of(release)
    today = times.day_of(times.now(), edition.zone)
    chosen = times.read_day(request.args.get("hari", ""))
    if chosen is None:
        chosen = next((day for day in days if day >= today), next(reversed(days), today))
    slots = elsewhere.Slots(edition, release, chosen)
    return {
        "days": days,
        "today": today,
        "chosen": chosen,
        "spots": slots.spots,
        "answer": _answer(slots, seller),
    }


def _answer(slots: elsewhere.Slots, seller: Seller) -> Answer | None:
    """Return the answer for the slot `?slot=channel@start`, None when none is asked for."""
    asked = request.args.get("slot", "")
    if not asked:
        return None
    channel, _, start = asked.partition("@")
    try:
        instant = datetime.fromisoformat(start)
        number = int(channel)
    except ValueError:
        raise NoSuchSlot from None
    if instant.tzinfo is None:
        raise NoSuchSlot
    return slots.ask(seller, number, instant)
