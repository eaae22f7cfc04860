"""The page of how couriers do."""

from datetime import timedelta

from bazaar import shipments
from bazaar.db import db
from bazaar.models import Edition, Role
from tests.builders import HOST, NOW, a_parcel, an_edition, sign_in

PAGE = "/panitia/kurir/kinerja"


def delivered():
    parcel = a_parcel(resi="JX1300026767")
    shipments.deliver(parcel, actor=HOST, now=NOW + timedelta(hours=60))
    db.session.commit()


def test_the_page_tells_figures_and_how_they_are_counted(client):
    sign_in(client, Role.TREASURER)
    an_edition()
    assert "Belum ada paket yang diserahkan" in client.get(PAGE).text

    delivered()
    page = client.get(PAGE).text
    assert "Kabupaten Jember" in page
    assert ">2,5</td>" in page
    assert "Hari dihitung dari penyerahan" in page


def test_days_choose_what_is_counted(client):
    sign_in(client, Role.TREASURER)
    an_edition()
    delivered()

    def companies(query):
        return client.get(f"{PAGE}?{query}").text.count("<table")

    assert companies("dari=2026-03-01&sampai=2026-03-01") == 1
    assert companies("dari=2026-03-02") == 0
    assert companies("sampai=2026-02-28") == 0
    assert companies("dari=2026-03-02&sampai=2026-02-28") == 1  # the wrong way round
    assert companies("dari=kemarin&sampai=") == 1


def test_another_edition_is_chosen_by_name_and_none_is_no_fault(client):
    sign_in(client, Role.TREASURER)
    assert "Belum ada penyelenggaraan" in client.get(PAGE).text
    assert client.get(f"{PAGE}.csv").status_code == 404

    old = an_edition(slug="lama", name="Bazar Lama")
    delivered()
    db.session.get_one(Edition, old.id).is_current = False
    db.session.flush()
    an_edition(slug="baru")
    db.session.commit()
    assert "<table" not in client.get(PAGE).text
    assert "<table" in client.get(f"{PAGE}?edisi=lama").text
    assert client.get(f"{PAGE}?edisi=tidak-ada").status_code == 404


def test_the_sheet_has_the_same_figures(client):
    sign_in(client, Role.TREASURER)
    edition = an_edition()
    delivered()
    answer = client.get(f"{PAGE}.csv?dari=2026-03-01")
    name = f"kinerja-kurir-{edition.slug}-2026-03-01.csv"
    assert name in answer.headers["Content-Disposition"]
    assert "JNE,semua,1,1,2.5,2.5,0,0,0,0,0" in answer.text


def test_strangers_are_led_to_the_sign_in(client):
    an_edition()
    assert client.get(PAGE).location.startswith("/masuk")
