"""What is left of personal data where a link may be passed on."""

import pytest

from bazaar.rules import masks

RESI = "012345678901"


def test_a_name_keeps_its_first_letters():
    assert masks.name(" Siti  Nurhaliza ") == "S*** N***"
    assert masks.name("") == ""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Diterima oleh SITI AMINAH", "Diterima oleh S*** A***"),
        ("Diterima Bpk BUDI di JALAN JAWA 10", "Diterima Bpk BUDI di ***"),
        (f"[JEMBER] {RESI} keluar gudang", f"[JEMBER] {RESI} keluar gudang"),
        ("kurir 0812-3456 7890", "kurir ***"),
        ("kurir +6281234567890, gudang 12", "kurir ***, gudang 12"),
        ("situasi ramai, aminahan", "situasi ramai, aminahan"),
        ("di rumah", "di rumah"),
    ],
)
def test_a_remark_loses_what_says_who_and_where(text, masked):
    found = masks.within(text, names="Siti Aminah di", street="Jalan Jawa 10", keep=RESI)
    assert found == masked


def test_signs_in_names_are_only_signs():
    assert masks.within("oleh A.(B", names="A.(B ((", street="(((((((") == "oleh A***"
