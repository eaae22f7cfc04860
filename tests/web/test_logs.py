"""Log lines tell what happened to whom, as JSON, and hold nothing that opens a door."""

import json
import re

from bazaar import accounts, times
from bazaar.accounts import members
from bazaar.audit import Actor
from bazaar.db import transaction
from bazaar.models import Role
from bazaar.web import services


def test_no_token_password_or_address_is_written_to_the_log(production, capsys):
    client = production.test_client()
    base = {"base_url": "https://bazar.test"}
    with production.app_context(), transaction():
        accounts.create(
            email="siti@panitia.test",
            name="Siti Rahasia",
            roles=[Role.ADMIN],
            password="gudeg kering tanpa santan",
            seals=services().seals,
            now=times.now(),
        )
        invitation = members.invite(
            "budi@panitia.test", "Budi", [], by=Actor("x", "x"), now=times.now()
        )
    page = client.get("/masuk", **base).text
    form = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    wish = {
        "csrf_token": form,
        "email": "siti@panitia.test",
        "password": "gudeg kering tanpa santan",
    }
    client.post("/masuk", data=wish | {"password": "gudeg salah"}, **base)
    client.post("/masuk", data=wish, **base)
    cookie = client.get_cookie("__Host-panitia", domain="bazar.test")
    assert cookie is not None
    client.get("/masuk/pasang-kode", **base)
    client.get(f"/undangan/{invitation}", **base)
    client.get("/o/" + "T" * 43, **base)
    client.get("/u/" + "U" * 43 + "/lapak", **base)
    client.get("/cari?q=0812-3456-7890%0Aforged=line", **base)
    client.get("/no/such/" + "V" * 43, **base)

    written = capsys.readouterr()
    text = written.out + written.err
    secrets = [
        invitation, cookie.value, form, "gudeg", "siti@panitia.test", "Siti Rahasia", "T" * 43,
        "U" * 43, "V" * 43, "0812-3456-7890", "forged",
    ]  # fmt: skip
    assert [secret for secret in secrets if secret in text] == []
    lines = [json.loads(line) for line in written.out.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 9
    assert all(re.fullmatch("[0-9a-f]{16}", line["request_id"]) for line in requests)
    assert {"/undangan/<token>", "/o/<token>", None} <= {line["rule"] for line in requests}
