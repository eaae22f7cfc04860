import re

import pytest
import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import ApiKey, AuditEntry, Role
from bazaar.tokens import fingerprint
from tests.committee import signed_in

PAGE = "/panitia/tim/kunci"
WISH = {"name": "Toko Mitra", "scopes": ["orders:create", "catalogue:read"]}


def made(client, **wish) -> str:
    page = client.post(f"{PAGE}/baru", data=WISH | wish)
    assert page.status_code == 200
    [key] = re.findall(r'data-copy="(pv_[\w-]{43})"', page.text)
    return key


def test_only_admins_see_keys(client):
    signed_in(client, Role.TREASURER)

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/baru", data=WISH).status_code == 403
    assert "Kunci mitra" not in client.get("/panitia/tim").text


def test_a_key_is_shown_once_and_only_its_hash_is_kept(client):
    member = signed_in(client, Role.ADMIN)
    assert "Belum ada kunci" in client.get(PAGE).text

    key = made(client)

    row = db.session.scalars(sa.select(ApiKey)).one()
    assert (row.key_hash, row.prefix) == (fingerprint(key), key[:9])
    assert row.scopes == {"scopes": ["catalogue:read", "orders:create"]}
    listed = client.get(PAGE).text
    assert key not in listed
    for text in (key[:9], "Toko Mitra", member.name, "membuat pesanan", "belum pernah"):
        assert text in listed
    noted = db.session.scalars(sa.select(AuditEntry).filter_by(action="api_key.make")).one()
    assert key not in str(noted.facts)
    assert "membuat kunci mitra" in client.get("/panitia/jejak").text


def test_a_revoked_key_stays_in_the_list_and_is_revoked_once(client):
    signed_in(client, Role.ADMIN)
    made(client)
    key_id = db.session.scalars(sa.select(ApiKey.id)).one()

    for _ in range(2):
        assert client.post(f"{PAGE}/{key_id}/cabut").location == PAGE

    assert "dicabut" in client.get(PAGE).text
    revoked = sa.select(sa.func.count()).where(AuditEntry.action == "api_key.revoke")
    assert db.session.scalar(revoked) == 1
    assert client.post(f"{PAGE}/999/cabut").status_code == 404


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"name": ""}, "Isi nama mitra."),
        ({"name": "link"}, "Mulai dengan huruf besar"),
        ({"name": "=Toko"}, "Mulai dengan huruf besar"),
        ({"name": "Toko\nMitra"}, "Mulai dengan huruf besar"),
        ({"name": "T" * 21}, "Nama paling banyak 20 huruf."),
        ({"scopes": []}, "Pilih paling sedikit satu."),
        ({"scopes": ["all"]}, "all"),
    ],
)
def test_each_wrong_field_has_its_sentence(client, wish, sentence):
    signed_in(client, Role.ADMIN)

    page = client.post(f"{PAGE}/baru", data=WISH | wish)

    assert page.status_code == 422
    assert sentence in page.text
    assert db.session.scalars(sa.select(ApiKey)).all() == []
