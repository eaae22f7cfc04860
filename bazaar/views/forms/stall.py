from pathlib import Path
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, ValidationError

from bazaar import phones, photos, pixels
from bazaar.imports import entries
from bazaar.models import Product, Seller
from bazaar.regions import Region
from bazaar.rules.clusters import CLUSTERS
from bazaar.rules.hours import Hours, write_hours
from bazaar.views.forms.cells import CellField, CellForm, ChoiceField, LongCellField, sent_file
from bazaar.web.answers import sentence


class StockForm(CellForm):
    """What a seller changes in a hurry. `seen` is the stock that the page showed."""

    stock = CellField(_l("Stok"), entries.read_stock)
    seen = HiddenField()
    active = BooleanField(_l("Dijual"))
    most = CellField(_l("Paling banyak per pesanan"), entries.read_most, needed=False)
    length = CellField(_l("Panjang (cm)"), entries.read_size, needed=False)
    width = CellField(_l("Lebar (cm)"), entries.read_size, needed=False)
    height = CellField(_l("Tinggi (cm)"), entries.read_size, needed=False)
    net_weight = CellField(_l("Berat bersih (gram)"), entries.read_net_weight, needed=False)
    hs_code = CellField(_l("Kode HS"), entries.read_hs_code, needed=False)
    customs_text = CellField(
        _l("Keterangan untuk bea cukai"), entries.read_customs_text, needed=False
    )

    product: Product

    @classmethod
    def about(cls, product: Product, sent: Any = None, **rest: Any) -> "StockForm":
        data = {"stock": str(product.stock), "seen": str(product.stock), "active": product.active}
        data |= {
            "most": _text(product.most_per_order),
            "length": _text(product.length_cm),
            "width": _text(product.width_cm),
            "height": _text(product.height_cm),
            "net_weight": _text(product.net_weight_g),
            "hs_code": product.hs_code,
            "customs_text": product.customs_text,
        }
        form = cls(sent, data=data | rest)
        form.product = product
        return form

    def parcel_facts(self) -> dict[str, Any]:
        """How many one order may have, and what boxes and customs need to know."""
        return {
            "most_per_order": self.most.value,
            "length_cm": self.length.value,
            "width_cm": self.width.value,
            "height_cm": self.height.value,
            "net_weight_g": self.net_weight.value,
            "hs_code": self.hs_code.value,
            "customs_text": self.customs_text.value,
        }

    def validate_stock(self, field: CellField) -> None:
        """Refuse a number that was meant for another stock than there is now."""
        if self.seen.data == str(self.product.stock) or field.value == self.product.stock:
            return
        if self.seen.data == field.data:
            field.value = self.product.stock  # untouched: the orders since then are right
            return
        self.seen.data = str(self.product.stock)
        raise ValidationError(
            gettext(
                "Stok berubah sejak halaman ini dibuka dan sekarang %(left)s. "
                "Periksa, lalu simpan sekali lagi.",
                left=self.product.stock,
            )
        )


class ProductForm(StockForm):
    name = CellField(_l("Nama produk"), entries.read_name)
    description = LongCellField(_l("Keterangan"), entries.read_story, needed=False)
    price = CellField(_l("Harga"), entries.read_price)
    weight = CellField(_l("Berat kirim"), entries.read_weight)

    @classmethod
    def about(cls, product: Product, sent: Any = None, **rest: Any) -> "ProductForm":
        data = {
            "name": product.name,
            "description": product.description,
            "price": str(product.price_idr),
            "weight": str(product.weight_g),
        }
        form = super().about(product, sent, **data, **rest)
        assert isinstance(form, ProductForm)
        return form

    def facts(self) -> dict[str, Any]:
        return {
            "name": self.name.value,
            "description": self.description.value,
            "price_idr": self.price.value,
            "weight_g": self.weight.value,
            "active": self.active.data,
            **self.parcel_facts(),
        }


class SellerForm(CellForm):
    """What the committee knows of a seller."""

    name = CellField(_l("Nama usaha"), entries.read_name)
    owner_name = CellField(_l("Pemilik"), entries.read_name)
    cluster = ChoiceField(_l("Klaster"))
    district = ChoiceField(_l("Kecamatan"))
    village = CellField(_l("Desa atau kelurahan"), entries.read_optional_name, needed=False)
    phone = CellField(_l("Telepon (WhatsApp)"), entries.read_phone)
    email = CellField(_l("Surel"), entries.read_email, needed=False)
    social = CellField(_l("Media sosial"), entries.read_optional_line, needed=False)
    story = LongCellField(_l("Cerita"), entries.read_story, needed=False)
    hours = CellField(
        _l("Kapan bisa siaran"),
        entries.read_hours,
        needed=False,
        description=_l("Contoh: setiap hari, atau Sen-Jum 16.00-21.00; Sab-Min."),
    )
    qris = LongCellField(
        _l("Isi QRIS baru"),
        entries.read_qris,
        needed=False,
        description=_l("Tempel isi kode QR dari stiker statis. Kosong berarti QRIS tetap."),
    )
    active = BooleanField(_l("Aktif"))

    districts: dict[str, str]

    @classmethod
    def about(
        cls,
        seller: Seller,
        hours: tuple[Hours, ...],
        districts: tuple[Region, ...],
        sent: Any = None,
    ) -> "SellerForm":
        data = {
            name: getattr(seller, name)
            for name in ("name", "owner_name", "cluster", "village", "email", "social", "story")
        }
        data |= {
            "phone": phones.show(seller.phone),
            "district": seller.district_code,
            "hours": write_hours(hours),
            "active": seller.active,
        }
        form = cls(sent, data=data)
        form.districts = {seller.district_code: seller.district}
        form.districts |= {one.code: one.name for one in districts}
        form.district.choices = sorted(form.districts.items(), key=lambda choice: choice[1])
        # A cluster of old that is in the list no more stays choosable for those who have it.
        names = dict.fromkeys([*(one.name for one in CLUSTERS), seller.cluster])
        form.cluster.choices = [(name, gettext(name)) for name in names]
        return form

    def facts(self) -> dict[str, Any]:
        return {
            "name": self.name.value,
            "owner_name": self.owner_name.value,
            "cluster": self.cluster.data,
            "district_code": self.district.data,
            "district": self.districts[self.district.data],
            "village": self.village.value,
            "phone": self.phone.value,
            "email": self.email.value,
            "social": self.social.value,
            "story": self.story.value,
        }


class StoryForm(CellForm):
    story = LongCellField(_l("Cerita lapak"), entries.read_story, needed=False)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def keep_photo(folder: Path, *, needed: bool) -> tuple[str | None, str]:
    """Return the name of the photo that was sent, if any, and a sentence if it is no good one."""
    file = sent_file("photo")
    if file is None:
        return None, gettext("Pilih fotonya dulu.") if needed else ""
    try:
        return photos.keep(file.stream.read(pixels.MAX_BYTES + 1), folder), ""
    except photos.PhotoRefused as refusal:
        return None, sentence(refusal)
