"""From the public files alone: anybody computes a draw again, offline, with the command."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from bazaar import rotation, times
from bazaar.db import db
from bazaar.models import BlockedPair, DrawKind, DrawStage, Participation
from bazaar.rotation import ceremonies, draws, work
from bazaar.settings import ROOT
from bazaar.web import services
from tests.builders import HOST, a_seller, a_window, an_edition, keep

WITNESS = "angka yang dibacakan wakil penjual"


def seals():
    return services().draw_seals


@pytest.fixture
def bazaar(app):
    """Two channels, two hours tomorrow in turns of 15 minutes, six sellers."""
    edition = an_edition(channels=2, freeze_minutes=60, slug="uji")
    a_window(edition, opens_at=soon())
    for n in range(6):
        a_seller(edition=edition, cluster="Batik" if n < 3 else "Kopi", code=f"UMKM-{n}")
    return edition


def soon():
    return times.now().replace(microsecond=0, second=0) + timedelta(days=1)


def commit(edition, **given):
    asked = {"kind": DrawKind.PLAN, "witness": WITNESS, "iterations": 200} | given
    return draws.commit(edition, seals=seals(), actor=HOST, now=times.now(), **asked)


def done(edition, **given):
    draw = commit(edition, **given)
    draws.freeze(draw, actor=HOST, now=times.now())
    draws.queue(draw, public_value="7 2 9 1", seals=seals(), actor=HOST, now=times.now())
    db.session.commit()
    assert work.work(seals=seals()) == 1
    assert draw.stage is DrawStage.DONE
    return draw


def run(*words):
    """Run the command as anybody would: no settings, no database, nothing of ours around it."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "bazaar", "rotation", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def verify(path):
    return run("verify", str(path))


@pytest.mark.parametrize("kind", [DrawKind.PLAN, DrawKind.REPAIR, DrawKind.REBUILD])
def test_anybody_gets_the_same_bytes_from_the_public_files_alone(bazaar, client, tmp_path, kind):
    draw = done(bazaar)
    if kind is not DrawKind.PLAN:
        rotation.release(rotation.find_draft(bazaar), actor=HOST, now=times.now())
        someone = db.session.query(Participation).first()
        someone.withdrawn_at = times.now()
        draw = done(bazaar, kind=kind)
    address = f"/keadilan/undian/{draw.number}"
    file = tmp_path / "undian.json"
    file.write_bytes(client.get(f"{address}.json").data)

    answer = verify(file)

    assert (answer.returncode, answer.stdout.strip()) == (0, "same bytes"), answer
    given, plan = (
        client.get(f"{address}/masukan.json").data,
        client.get(f"{address}/rancangan.json"),
    )
    told = json.loads(file.read_bytes())
    assert hashlib.sha256(given).hexdigest() == told["instance_digest"] == draw.instance_digest
    assert hashlib.sha256(plan.data).hexdigest() == told["plan_digest"] == draw.plan_digest
    assert json.loads(given) == told["instance"]
    assert json.loads(plan.data) == told["plan"]
    assert (told["kind"], told["witness"], told["public_value"]) == (kind.value, WITNESS, "7 2 9 1")


def test_the_plan_made_from_the_input_file_alone_is_the_published_one(bazaar, client, tmp_path):
    draw = done(bazaar)
    told = client.get(f"/keadilan/undian/{draw.number}.json").json
    given, made = tmp_path / "masukan.json", tmp_path / "rancangan.json"
    given.write_bytes(client.get(f"/keadilan/undian/{draw.number}/masukan.json").data)

    tried = str(told["iterations"])
    run("solve", str(given), "-o", str(made), "--seed", told["seed"], "--iterations", tried)

    assert made.read_bytes() == client.get(f"/keadilan/undian/{draw.number}/rancangan.json").data


OTHER = "0" * 64
SAID = {"committed_at", "frozen_at", "done_at", "witness", "stage", "failure"}
"""What a file tells besides how the plan was made."""


def tampered(told):
    """Every other key, changed."""
    return {
        "format": "rotation-draw/2",
        "edition": "lain",
        "number": told["number"] + 1,
        "kind": "repair",
        "rebuild": "ya",
        "rule": "lain/1",
        "iterations": 0,
        "commitment": OTHER,
        "secret": OTHER,
        "public_value": "7 2 9 2",
        "instance_digest": OTHER,
        "instance": told["instance"] | {"name": "lain"},
        "seed": OTHER,
        "plan_digest": OTHER,
        "plan": told["plan"] | {"assignments": told["plan"]["assignments"][1:]},
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whatever_is_changed_in_the_file_is_found(bazaar, client, tmp_path):
    draw = done(bazaar, iterations=3_000)
    told = client.get(f"/keadilan/undian/{draw.number}.json").json
    changes = tampered(told)
    assert set(told) - SAID == set(changes)

    unseen = []
    for key, value in changes.items():
        file = tmp_path / f"{key}.json"
        file.write_text(json.dumps(told | {key: value}))
        if verify(file).returncode == 0:
            unseen.append(key)

    assert unseen == []


def test_before_the_end_there_is_neither_secret_nor_plan(bazaar, client):
    draw = commit(bazaar)
    early = client.get(f"/keadilan/undian/{draw.number}.json").json
    assert (early["commitment"], early["witness"]) == (draw.commitment, WITNESS)
    assert (early["secret"], early["seed"], early["plan"], early["instance"]) == (None,) * 4
    assert client.get(f"/keadilan/undian/{draw.number}/masukan.json").status_code == 404

    draws.freeze(draw, actor=HOST, now=times.now())
    frozen = client.get(f"/keadilan/undian/{draw.number}.json").json
    assert frozen["instance"]["name"] == "uji"
    assert (frozen["secret"], frozen["seed"], frozen["plan"]) == (None,) * 3
    assert client.get(f"/keadilan/undian/{draw.number}/masukan.json").status_code == 200
    assert client.get(f"/keadilan/undian/{draw.number}/rancangan.json").status_code == 404

    draws.queue(draw, public_value="7", seals=seals(), actor=HOST, now=times.now())
    queued = client.get(f"/keadilan/undian/{draw.number}.json").json
    assert queued["public_value"] == "7"
    assert (queued["secret"], queued["seed"], queued["plan"]) == (None,) * 3


def test_a_draw_that_was_ended_tells_its_secret_and_why(bazaar, client):
    draw = commit(bazaar)
    ceremonies.end(draw, why="Salah angka", seals=seals(), actor=HOST, now=times.now())

    told = client.get(f"/keadilan/undian/{draw.number}.json").json

    assert hashlib.sha256(bytes.fromhex(told["secret"])).hexdigest() == draw.commitment
    assert (told["stage"], told["failure"], told["plan"]) == ("failed", "Salah angka", None)
    assert "Salah angka" in client.get("/keadilan/undian").text


def test_files_hold_codes_and_nothing_that_is_private(bazaar, client):
    sellers = [a_seller(edition=bazaar, name="Batik Rahasia", phone="+6281111111111")]
    sellers.append(a_seller(edition=bazaar, owner_name="Bu Rahasia"))
    ids = sorted(seller.id for seller in sellers)
    keep(BlockedPair(edition_id=bazaar.id, seller_id=ids[0], other_id=ids[1], note="berselisih"))
    draw = done(bazaar)

    text = client.get(f"/keadilan/undian/{draw.number}.json").text

    pairs = json.loads(text)["instance"]["blocked_pairs"]
    assert [sorted(pair) for pair in pairs] == [sorted(seller.code for seller in sellers)]
    for private in ("Rahasia", "81111111111", "berselisih", "@"):
        assert private not in text


def test_files_can_be_asked_for_again_at_no_cost(bazaar, client):
    draw = done(bazaar)
    for path in (".json", "/masukan.json", "/rancangan.json"):
        first = client.get(f"/keadilan/undian/{draw.number}{path}")
        tag = first.headers["ETag"]
        again = client.get(f"/keadilan/undian/{draw.number}{path}", headers={"If-None-Match": tag})
        assert tag.strip('"') == hashlib.sha256(first.data).hexdigest()
        assert (again.status_code, again.data) == (304, b"")


def test_files_go_compressed_to_whoever_takes_that(bazaar, client):
    draw = done(bazaar)
    plain = client.get(f"/keadilan/undian/{draw.number}.json")

    packed = client.get(f"/keadilan/undian/{draw.number}.json", headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("path", ["", ".json", "/masukan.json", "/rancangan.json", "/qr.png"])
def test_a_draw_that_is_not_there_is_not_found(bazaar, client, path):
    assert client.get(f"/keadilan/undian/7{path}").status_code == 404
