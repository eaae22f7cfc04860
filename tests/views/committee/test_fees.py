"""The page of fee differences: what buyers paid, what couriers charged, who bears the rest."""

import csv
import io

import pytest

from bazaar import manifests, shipments, times
from bazaar.db import db
from bazaar.models import Role
from bazaar.web import services
from tests.builders import HOST, a_parcel, sign_in
from tests.shipments.parcels import a_booking

PAGE = "/panitia/ongkir/selisih"


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def sent(client):
    """Three parcels that left: one cost more than was offered, one less, one is not charged yet."""
    sign_in(client, Role.TREASURER)
    parcels = [a_parcel(resi=f"JX130002676{number}") for number in range(3)]
    a_booking(parcels[0], charged_idr=26_000, quoted_idr=12_000)
    a_booking(parcels[1], charged_idr=10_000, quoted_idr=10_000)
    db.session.commit()
    return parcels


def test_the_differences_are_told(client, sent):
    page = client.get(PAGE).text

    assert all(parcel.code in page for parcel in sent)
    for figure in ("Rp36.000", "-Rp14.000", "Rp2.000", "-Rp12.000", "ditawarkan Rp12.000"):
        assert figure in page, figure
    assert "1 paket belum ditagih" in page


@pytest.mark.parametrize(("shown", "which"), [("kurang", 0), ("berubah", 0), ("belum", 2)])
def test_parcels_can_be_picked_out(client, sent, shown, which):
    page = client.get(f"{PAGE}?tampil={shown}").text
    assert [parcel.code in page for parcel in sent] == [at == which for at in range(3)]


def test_the_list_says_the_same(client, sent):
    answer = client.get(f"{PAGE}.csv?mulai=2026-03-01&sampai=2026-03-01")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert [row["selisih_rp"] for row in rows] == ["-14000", "2000", ""]
    assert [row["ditagih_rp"] for row in rows] == ["26000", "10000", ""]
    assert client.get(f"{PAGE}.xlsx").status_code == 200
    assert client.get(f"{PAGE}.pdf").status_code == 404


def test_other_days_show_nothing(client, sent):
    page = client.get(f"{PAGE}?mulai=2026-02-01&sampai=2026-02-20").text
    assert "Tidak ada paket yang berangkat" in page
    assert client.get(f"{PAGE}?sampai=2026-02-28").status_code == 200


@pytest.mark.parametrize(
    "period",
    ["mulai=besok", "sampai=2026-3-1", "mulai=2026-03-02&sampai=2026-03-01", "mulai=2025-01-01"],
)
def test_wrong_periods_are_refused(client, sent, period):
    assert client.get(f"{PAGE}?{period}").status_code == 422


@pytest.mark.parametrize("parcels", [1, 4])
def test_more_parcels_cost_no_more_queries(client, queries, parcels):
    sign_in(client, Role.TREASURER)
    for number in range(parcels):
        a_parcel(resi=f"JX130002676{number}")
    db.session.commit()
    queries.clear()
    client.get(PAGE)
    assert len(queries) <= 9


def test_the_parcel_page_shows_money_and_manifest(client, now):
    sign_in(client, Role.DISPATCHER)
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)
    a_booking(parcel, charged_idr=26_000)
    db.session.commit()
    page = client.get(f"/panitia/paket/{parcel.code}").text
    assert "Rp26.000" in page
    assert "-Rp14.000" in page
    assert "MAN-" not in page

    day = times.day_of(now, times.WIB)
    made = manifests.make("JNE", day, links=services().links, actor=HOST, now=now)
    manifests.scan(made, parcel.code, actor=HOST, now=now)
    db.session.commit()
    page = client.get(f"/panitia/paket/{parcel.code}").text
    assert f'href="/panitia/serah-terima/{made.number}"' in page
