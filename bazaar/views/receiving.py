"""Writing down where a seller receives money: the same for the seller and for the committee."""

from dataclasses import dataclass

from flask import flash, request
from flask_babel import gettext as _

from bazaar import payments
from bazaar.audit import Actor
from bazaar.models import AccountKind, ReceivingAccount
from bazaar.payments import Wanted
from bazaar.times import now
from bazaar.views import photos
from bazaar.views.forms.accounts import BankForm, OtherForm, StickerForm


@dataclass(frozen=True, slots=True)
class AccountForms:
    """One form for each kind of account, empty or as it was sent; `open` is the one that was."""

    sticker: StickerForm
    bank: BankForm
    other: OtherForm
    open: str = ""

    @property
    def errors(self) -> dict[str, list[str]]:
        """What is wrong, by the id of the field at which it stands."""
        found = {"photo": list(self.sticker.photo_errors)}
        for form in (self.sticker, self.bank, self.other):
            found |= {field.id: [str(told) for told in field.errors] for field in form}
        return {name: told for name, told in found.items() if told}


def forms() -> AccountForms:
    """Return empty forms."""
    return AccountForms(StickerForm(), BankForm(), OtherForm())


def read() -> tuple[AccountForms, Wanted | None]:
    """Return the forms with what was sent, and the account if it can be taken."""
    kind = request.form.get("kind", "")
    sent = {name: request.form if kind == name else None for name in ("qris", "bank", "other")}
    found = AccountForms(
        StickerForm(sent["qris"]), BankForm(sent["bank"]), OtherForm(sent["other"]), kind
    )
    if kind == AccountKind.QRIS.value:
        return found, found.sticker.wanted(photos.money_folder())
    form = found.bank if kind == AccountKind.BANK.value else found.other
    return found, form.wanted() if form.validate() else None


def propose(seller_id: int, wanted: Wanted, actor: Actor) -> ReceivingAccount:
    """Write the account down and say what becomes of it."""
    account = payments.propose(seller_id, wanted, actor=actor, now=now())
    if account.approved_at is not None:
        flash(_("Disimpan dan mulai dipakai. Periksa namanya di bawah."), "success")
    else:
        flash(
            _(
                "Diusulkan. Berlaku setelah disetujui orang kedua dari panitia; yang lama tetap dipakai."
            ),
            "success",
        )
    return account
