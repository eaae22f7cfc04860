"""Manifests: what comes on, what is frozen, and what a signature does. Once."""

import base64
import io
import threading
from datetime import timedelta

import pytest
from PIL import Image, ImageDraw

from bazaar import manifests, shipments, times
from bazaar.audit import Actor
from bazaar.db import db, transaction
from bazaar.manifests import Answer, Signing
from bazaar.models import AuditEntry, Manifest, ManifestLine, ManifestStatus, ParcelStatus
from bazaar.rules.parcel_states import ReasonMissing
from bazaar.tokens import Links
from bazaar.web import services
from tests.builders import HOST, a_parcel

COURIER = Actor("courier:MAN", "Budi")
BUDI = Signing("Budi Santoso", "0812-0000-1111", received=1, accepted=True)


@pytest.fixture
def links(app) -> Links:
    return services().links


def a_manifest(links, now, courier="JNE", **given):
    day = times.day_of(now, times.WIB)
    return manifests.make(courier, day, links=links, actor=HOST, now=now, **given)


def a_packed(now, **wish):
    parcel = a_parcel(paid_at=now, **wish)
    shipments.pack(parcel, actor=HOST, now=now)
    return parcel


def put(manifest, *parcels, now, **given):
    return [
        manifests.scan(manifest, parcel.code, actor=HOST, now=now, **given) for parcel in parcels
    ]


def locked(links, now, *parcels):
    manifest = a_manifest(links, now)
    put(manifest, *parcels, now=now)
    manifests.lock(manifests.get(manifest.number), actor=HOST, now=now)
    return manifests.get(manifest.number)


def test_numbers_count_per_day_and_courier(links, now):
    first, second = a_manifest(links, now), a_manifest(links, now)
    other = a_manifest(links, now, courier="J&T Express")
    unknown = a_manifest(links, now, courier="Kurir Kampung Cepat")
    next_day = a_manifest(links, now + timedelta(days=1))

    assert first.number == "MAN-20260301-JNE-01"
    assert second.number == "MAN-20260301-JNE-02"
    assert other.number == "MAN-20260301-JT-01"
    assert other.courier == "J&T"
    assert unknown.number == "MAN-20260301-KURIRKAMPUNG-01"
    assert next_day.number == "MAN-20260302-JNE-01"


def test_two_people_at_once_get_two_numbers(app, links, now):
    db.session.commit()
    made, gate = [], threading.Barrier(4)

    def begin():
        with app.app_context():
            gate.wait()
            with transaction():
                made.append(a_manifest(links, now).number)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == [f"MAN-20260301-JNE-0{n}" for n in range(1, 5)]


def test_a_parcel_is_scanned_by_code_number_and_our_qr_text(links, now):
    manifest = a_manifest(links, now)
    parcels = [a_packed(now) for _ in range(3)]
    shipments.set_resi(parcels[1], "0123 4567 8901", actor=HOST, now=now)
    texts = (
        parcels[0].code.lower().replace("-", ""),
        "0123.4567.8901",
        f"https://bazar.example/p/{parcels[2].code}",
    )

    answers = [manifests.scan(manifest, text, actor=HOST, now=now) for text in texts]

    assert [one.answer for one in answers] == [Answer.ADDED] * 3
    assert [one.parcel for one in answers] == [parcel.code for parcel in parcels]
    assert answers[-1].count == 3


def test_every_scan_has_its_answer(links, now):
    manifest, other = a_manifest(links, now), a_manifest(links, now)
    parcel = a_packed(now)
    draft = a_parcel(paid_at=now)
    elsewhere = a_packed(now)
    foreign = a_packed(now)
    foreign.courier = "SiCepat REG"
    cancelled = a_packed(now)
    shipments.cancel(cancelled, "batal", actor=HOST, now=now)
    gone = a_packed(now)
    shipments.hand_over(gone, "JNE REG", "999999999999", actor=HOST, now=now)
    outdated = a_packed(now)
    shipments.mark_printed([outdated], now=now)
    outdated.order.checkout.street = "Jalan lain 5"
    db.session.flush()
    put(other, elsewhere, now=now)
    put(manifest, parcel, now=now)

    def scanned(text):
        told = manifests.scan(manifest, text, actor=HOST, now=now)
        return told.answer, told.other

    assert scanned(parcel.code) == (Answer.AGAIN, "")
    assert scanned(draft.code) == (Answer.NOT_PACKED, "")
    assert scanned(elsewhere.code) == (Answer.ELSEWHERE, other.number)
    assert scanned(foreign.code) == (Answer.OTHER_COURIER, "SiCepat REG")
    assert scanned(cancelled.code) == (Answer.CANCELLED, "")
    assert scanned(gone.code) == (Answer.GONE, "")
    assert scanned(outdated.code) == (Answer.OUTDATED, "")
    assert scanned("8991234567890") == (Answer.UNKNOWN, "")
    assert scanned("") == (Answer.UNKNOWN, "")
    assert scanned("x" * 500) == (Answer.UNKNOWN, "")
    assert len(manifests.get(manifest.number).lines) == 1


def test_a_cancellation_that_was_asked_for_stops_a_parcel(links, now):
    manifest, parcel = a_manifest(links, now), a_packed(now)
    parcel.cancel_requested_at = now
    db.session.flush()

    assert put(manifest, parcel, now=now)[0].answer is Answer.CANCELLED


def test_the_same_scan_sent_again_says_the_same(links, now):
    manifest, parcel = a_manifest(links, now), a_packed(now)
    key = "scan-0001-abcdef"

    assert put(manifest, parcel, now=now, key=key)[0].answer is Answer.ADDED
    assert put(manifest, parcel, now=now, key=key)[0].answer is Answer.ADDED
    assert manifests.take_off(manifest, parcel.code, actor=HOST, now=now)
    assert not manifests.take_off(manifest, parcel.code, actor=HOST, now=now)
    assert put(manifest, parcel, now=now, key=key)[0].answer is Answer.TAKEN_OFF
    assert put(manifest, parcel, now=now, key="another-scan-1")[0].answer is Answer.ADDED


def test_a_photo_with_bars_and_qr_code_of_one_parcel_counts_once(links, now):
    manifest, parcel, other = a_manifest(links, now), a_packed(now), a_packed(now)
    shipments.set_resi(parcel, "012345678901", actor=HOST, now=now)
    texts = ["012345678901", parcel.code, "junk", other.code]

    told = manifests.scan_each(manifest, texts, actor=HOST, now=now)

    assert [(one.parcel, one.answer) for one in told] == [
        (parcel.code, Answer.ADDED),
        (other.code, Answer.ADDED),
    ]
    only_junk = manifests.scan_each(manifest, ["junk"], actor=HOST, now=now)
    assert [one.answer for one in only_junk] == [Answer.UNKNOWN]


def test_of_two_lists_at_once_one_gets_the_parcel(app, links, now):
    parcel = a_packed(now)
    numbers = [a_manifest(links, now).number for _ in range(4)]
    code = parcel.code
    db.session.commit()
    answers, gate = [], threading.Barrier(4)

    def add(number):
        with app.app_context():
            gate.wait()
            with transaction():
                manifest = manifests.get(number)
                answers.append(manifests.scan(manifest, code, actor=HOST, now=now))

    threads = [threading.Thread(target=add, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kinds = [told.answer for told in answers]
    assert kinds.count(Answer.ADDED) == 1
    assert kinds.count(Answer.ELSEWHERE) == 3
    (winner,) = (line.manifest_id for line in db.session.query(ManifestLine).filter_by(void=False))
    number = db.session.get(Manifest, winner).number
    assert {told.other for told in answers if told.answer is Answer.ELSEWHERE} == {number}


def test_a_locked_list_keeps_its_rows_and_takes_nothing_more(links, now):
    parcel, late = a_packed(now), a_packed(now)
    manifest = locked(links, now, parcel)
    digest = manifest.digest
    assert manifests.digest_of(manifest.number, manifest.rows) == digest
    manifests.lock(manifest, actor=HOST, now=now)

    shipments.set_resi(parcel, "012345678901", actor=HOST, now=now)
    told = put(manifest, late, now=now)[0]
    with pytest.raises(manifests.ManifestClosed):
        manifests.take_off(manifest, parcel.code, actor=HOST, now=now)

    assert (told.answer, told.other) == (Answer.CLOSED, manifest.number)
    manifest = manifests.get(manifest.number)
    assert manifest.digest == digest
    assert [row.resi for row in manifests.rows_of(manifest)] == [""]


def test_what_cannot_be_locked(links, now):
    manifest, parcel = a_manifest(links, now), a_packed(now)
    with pytest.raises(manifests.EmptyManifest):
        manifests.lock(manifest, actor=HOST, now=now)
    put(manifest, parcel, now=now)
    shipments.cancel(parcel, "batal", actor=HOST, now=now)
    manifest = manifests.get(manifest.number)

    assert manifests.faults(manifest) == [parcel.code]
    with pytest.raises(manifests.ParcelStopped, match="PK-"):
        manifests.lock(manifest, actor=HOST, now=now)


def test_signing_hands_everything_over_once(links, now):
    parcels = [a_packed(now), a_packed(now)]
    manifest = locked(links, now, *parcels)
    said = Signing("Budi Santoso", "0812-0000-1111", received=2, accepted=True)

    assert manifests.sign(manifest, said, actor=COURIER, now=now) == 2
    with pytest.raises(manifests.SignedAlready, match="Budi Santoso"):
        manifests.sign(
            manifest, Signing("Joko", "0813-1", received=2, accepted=True), actor=COURIER, now=now
        )
    with pytest.raises(manifests.SignedAlready):
        manifests.void(manifest, "salah", actor=HOST, now=now)

    manifest = manifests.get(manifest.number)
    assert {parcel.status for parcel in parcels} == {ParcelStatus.HANDED_OVER}
    assert all(parcel.courier == "JNE REG" for parcel in parcels)
    assert manifest.signer == "Budi Santoso"
    assert manifest.status is ManifestStatus.SIGNED
    assert parcels[0].steps[-1].note == manifest.number
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert [act for act in actions if act.startswith("manifest.")] == [
        "manifest.make",
        "manifest.add",
        "manifest.add",
        "manifest.lock",
        "manifest.sign",
    ]


def test_of_two_signatures_at_once_one_counts(app, links, now):
    number = locked(links, now, a_packed(now)).number
    db.session.commit()
    ends, gate = [], threading.Barrier(3)

    def sign(name):
        with app.app_context():
            gate.wait()
            said = Signing(name, "0812-0000-1111", received=1, accepted=True)
            try:
                with transaction():
                    manifests.sign(manifests.get(number), said, actor=COURIER, now=now)
                ends.append(name)
            except manifests.SignedAlready as late:
                ends.append(type(late))

    names = ("Budi", "Joko", "Sari")
    threads = [threading.Thread(target=sign, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ends.count(manifests.SignedAlready) == 2
    (winner,) = [name for name in ends if isinstance(name, str)]
    assert manifests.get(number).signer == winner


def test_what_is_missing_stays_here_and_may_go_with_the_next_list(links, now):
    here, missing = a_packed(now), a_packed(now)
    manifest = locked(links, now, here, missing)
    said = Signing(
        "Budi",
        "3509-0001",
        received=1,
        missing=frozenset({missing.code}),
        remark="dus basah",
        accepted=True,
    )

    manifests.sign(manifest, said, actor=COURIER, now=now)

    manifest = manifests.get(manifest.number)
    assert (here.status, missing.status) == (ParcelStatus.HANDED_OVER, ParcelStatus.PACKED)
    rows = manifests.rows_of(manifest)
    assert [row.missing for row in rows] == [False, True]
    assert manifests.totals_of(rows).koli == manifest.received_count == 1
    assert manifests.digest_of(manifest.number, manifest.rows) == manifest.digest
    assert put(a_manifest(links, now), missing, now=now)[0].answer is Answer.ADDED


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"signer": "B"}, manifests.WrongSigner),
        ({"contact": ""}, manifests.WrongSigner),
        ({"signer": "Budi\x07i"}, manifests.WrongSigner),
        ({"accepted": False}, manifests.NoSignature),
        ({"received": 0}, manifests.WrongCount),
        ({"received": 3}, manifests.WrongCount),
        ({"remark": "x" * 200}, ReasonMissing),
    ],
)
def test_a_signature_that_says_too_little_changes_nothing(links, now, given, refusal):
    parcel = a_packed(now)
    manifest = locked(links, now, parcel)
    fields = {"signer": "Budi", "contact": "0812-1", "received": 1, "accepted": True}

    with pytest.raises(refusal):
        manifests.sign(manifest, Signing(**fields | given), actor=COURIER, now=now)

    assert parcel.status is ParcelStatus.PACKED


def test_missing_needs_words_and_not_all_can_be_missing(links, now):
    parcel = a_packed(now)
    manifest = locked(links, now, parcel)
    gone = frozenset({parcel.code})
    with pytest.raises(ReasonMissing):
        manifests.sign(
            manifest, Signing("Budi", "0812-1", 0, gone, accepted=True), actor=COURIER, now=now
        )
    with pytest.raises(manifests.WrongCount):
        manifests.sign(
            manifest,
            Signing("Budi", "0812-1", 0, gone, remark="tidak ada", accepted=True),
            actor=COURIER,
            now=now,
        )


def test_a_parcel_cancelled_after_the_lock_stops_the_signature(links, now):
    good, bad = a_packed(now), a_packed(now)
    manifest = locked(links, now, good, bad)
    shipments.cancel(bad, "batal", actor=HOST, now=now)
    db.session.commit()

    two = Signing("Budi", "0812-1", received=2, accepted=True)
    with pytest.raises(manifests.ParcelStopped, match=bad.code), transaction():
        manifests.sign(manifest, two, actor=COURIER, now=now)
    assert shipments.get_parcel(good.code).status is ParcelStatus.PACKED
    one = Signing("Budi", "0812-1", 1, frozenset({bad.code}), remark="batal", accepted=True)
    manifests.sign(manifests.get(manifest.number), one, actor=COURIER, now=now)

    assert shipments.get_parcel(bad.code).status is ParcelStatus.CANCELLED


def test_only_a_locked_list_is_signed(links, now):
    manifest = a_manifest(links, now)
    put(manifest, a_packed(now), now=now)
    with pytest.raises(manifests.NotLocked):
        manifests.sign(manifest, BUDI, actor=COURIER, now=now)
    with pytest.raises(ReasonMissing):
        manifests.void(manifest, " ", actor=HOST, now=now)
    manifests.void(manifest, "kurir tidak datang", actor=HOST, now=now)
    manifests.void(manifest, "lagi", actor=HOST, now=now)
    with pytest.raises(manifests.ManifestVoid):
        manifests.sign(manifest, BUDI, actor=COURIER, now=now)
    with pytest.raises(manifests.ManifestVoid):
        manifests.lock(manifest, actor=HOST, now=now)
    with pytest.raises(manifests.ManifestVoid):
        manifests.renew_link(manifest, links=links, actor=HOST, now=now)
    assert manifests.get(manifest.number).void_why == "kurir tidak datang"


def test_a_void_list_gives_its_parcels_back(links, now):
    parcel = a_packed(now)
    manifests.void(locked(links, now, parcel), "salah kurir", actor=HOST, now=now)

    assert put(a_manifest(links, now), parcel, now=now)[0].answer is Answer.ADDED


def test_the_couriers_link_ends(links, now):
    manifest = locked(links, now, a_packed(now))
    token = manifests.link_of(manifest, links)
    assert manifests.get_by_link(token, now=now).number == manifest.number
    with pytest.raises(manifests.NoSuchManifest):
        manifests.get_by_link("x" * 43, now=now)
    manifests.renew_link(manifest, links=links, actor=HOST, now=now)
    with pytest.raises(manifests.NoSuchManifest):
        manifests.get_by_link(token, now=now)

    token = manifests.link_of(manifests.get(manifest.number), links)
    manifests.sign(manifest, BUDI, actor=COURIER, now=now)
    assert manifests.get_by_link(token, now=now + timedelta(days=29))
    with pytest.raises(manifests.LinkEnded):
        manifests.get_by_link(token, now=now + timedelta(days=30))
    empty = a_manifest(links, now)
    manifests.void(empty, "salah", actor=HOST, now=now)
    with pytest.raises(manifests.LinkEnded):
        manifests.get_by_link(manifests.link_of(empty, links), now=now)


def test_what_waits_is_counted_per_company_and_offered_to_tick(links, now):
    ready, other = a_packed(now), a_packed(now)
    other.courier = "JNE YES"
    foreign = a_packed(now)
    foreign.courier = "SiCepat"
    a_parcel(paid_at=now)
    db.session.flush()
    manifest = a_manifest(links, now)

    assert [(one.courier, one.parcels) for one in manifests.waiting()] == [
        ("JNE", 2),
        ("SiCepat", 1),
    ]
    assert {p.code for p in manifests.candidates(manifest)} == {ready.code, other.code}
    put(manifest, ready, now=now)
    assert [p.code for p in manifests.candidates(manifest)] == [other.code]
    assert manifests.of_parcels([ready.id, other.id]) == {ready.id: manifest.number}


def drawn(size=(600, 200), *, ink=True, mode="RGBA"):
    picture = Image.new(mode, size, (0, 0, 0, 0) if mode == "RGBA" else "white")
    if ink:
        ImageDraw.Draw(picture).line((50, 50, 300, 120), fill="black", width=6)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def test_a_drawn_signature_is_written_anew():
    data = manifests.read_picture(drawn())

    assert len(data) < 5_000
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "PNG"
        assert 240 < picture.width < 270
    assert manifests.read_picture("") is None
    assert manifests.read_picture(drawn(ink=False)) is None


@pytest.mark.parametrize(
    "sent",
    [
        "data:image/png;base64,!!!",
        "data:image/png;base64,aGFsbG8=",
        "data:text/html;base64,aGFsbG8=",
        "data:image/png;base64," + "A" * 300_000,
        drawn((3000, 300)),
    ],
)
def test_other_pictures_are_no_signature(sent):
    with pytest.raises(manifests.WrongPicture):
        manifests.read_picture(sent)


def test_places_and_names_say_little():
    class To:
        country = "ID"
        area = "Tegal Gede, Kec. Sumbersari, Kabupaten Jember, Jawa Timur 68121"

    assert manifests.place_of(To) == "Kec. Sumbersari, Kabupaten Jember"
    To.country, To.area = "JP", "Tokyo, Shibuya"
    assert manifests.place_of(To) == "Tokyo, JP"
    assert manifests.masked("Siti Nur Aminah") == "S*** N*** A***"
