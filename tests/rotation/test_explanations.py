"""Every decision has its sentence, and nobody's private matters are in it."""

from datetime import timedelta

import pytest
from flask import render_template_string

from bazaar.models import DrawKind, DrawStage, EditKind, Pin, PlanEdit, RequestKind
from bazaar.rotation import explanations
from bazaar.rotation.elsewhere import Answer, Obstacle, Spot
from bazaar.rotation.explanations import Wish
from bazaar.rules.rotation import Decided, Hindrance
from tests.builders import (
    a_draw,
    a_release,
    a_seller,
    a_share,
    a_turn,
    an_edition,
    keep,
)

SENTENCE = {
    Decided.PIN: "ditetapkan panitia untuk Batik Sri",
    Decided.KEPT: "sudah terbit lebih dulu",
    Decided.ONLY: "Hanya Batik Sri yang bisa tampil",
    Decided.TURNS: "Batik Sri dipilih karena gilirannya paling sedikit",
    Decided.CLUSTER: "dengan Kopi Ijen dua lapak dari klaster yang sama tampil berurutan",
    Decided.BALANCE: "tanpa giliran ini nilai jam siarannya lebih rendah",
    Decided.TICKET: "Undian yang memutuskan",
    Decided.SWAP: "lewat penukaran yang membuat pembagian jam ramai lebih merata",
    Decided.HAND: "Panitia menempatkan Batik Sri di jam ini dengan tangan",
    Decided.NOBODY: "Jam ini kosong",
}

KEPT_AWAY = {
    Hindrance.DROPPED: "3 mengundurkan diri",
    Hindrance.AVAILABILITY: "3 tidak bisa hadir pada jam itu",
    Hindrance.BUSY: "3 sedang siaran di saluran lain",
    Hindrance.GAP: "3 masih dalam jeda antar-giliran",
    Hindrance.DAY: "3 sudah punya giliran hari itu",
    Hindrance.MAX_TURNS: "3 sudah mencapai batas gilirannya",
    Hindrance.BLOCKED_PAIR: "3 tidak boleh berdampingan",
}

WHY_NOT = {
    Obstacle.OWN: "memang giliran Anda",
    Obstacle.OUTSIDE: "belum menjadi peserta",
    Obstacle.DROPPED: "tercatat mengundurkan diri",
    Obstacle.AVAILABILITY: "tidak bisa hadir sepanjang jam ini",
    Obstacle.BUSY: "sedang siaran di giliran Anda yang lain",
    Obstacle.GAP: "terlalu dekat dengan giliran Anda yang lain",
    Obstacle.DAY: "sebanyak yang boleh dalam sehari",
    Obstacle.MAX_TURNS: "sudah mencapai batas",
    Obstacle.BLOCKED_PAIR: "tidak boleh tampil bersama atau berurutan dengan Anda",
    Obstacle.PIN: "menetapkan jam ini untuk Batik Sri",
    Obstacle.KEPT: "sudah terlalu dekat untuk digeser",
    Obstacle.HAND: "menempatkan Batik Sri di jam ini dengan tangan",
    Obstacle.TURNS: "Tanpa jam ini giliran Batik Sri lebih sedikit",
    Obstacle.CLUSTER: "dua lapak dari klaster yang sama",
    Obstacle.BALANCE: "agar nilai jam semua UMKM lebih merata",
    Obstacle.NOTHING: "Tidak ada aturan yang menghalangi",
}


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def turn(edition):
    rival = a_seller(code="K1", name="Kopi Ijen")
    assert rival
    return a_turn(a_release(edition), a_seller(code="B1", name="Batik Sri"))


def reasons(decided, **more):
    return {
        "decided": decided.value,
        "candidates": 12,
        "turns": 3,
        "same_cluster": False,
        "rival": "K1",
        "excluded": {},
        "swap": None,
    } | more


def said(app, turn, *, you=False):
    with app.test_request_context():
        text = render_template_string(
            "{% from '_macros/reasons.html' import why_turn %}{{ why_turn(why, you=you) }}",
            why=explanations.explain(turn),
            you=you,
        )
    return " ".join(text.split())


def why_not(app, answer):
    with app.test_request_context():
        return render_template_string(
            "{% from '_macros/reasons.html' import why_not %}{{ why_not(answer, 'x') }}",
            answer=answer,
        )


@pytest.mark.parametrize("decided", list(Decided))
def test_each_decision_is_said_in_a_sentence(app, turn, decided):
    turn.reasons = reasons(decided)

    assert SENTENCE[decided] in said(app, turn)


def test_how_many_could_have_come_and_why_the_others_could_not(app, turn):
    turn.reasons = reasons(Decided.TURNS, excluded={"day": 4, "availability": 31})

    text = said(app, turn, you=True)

    assert "12 UMKM bisa tampil pada jam ini." in text
    assert "31 tidak bisa hadir pada jam itu, 4 sudah punya giliran hari itu." in text
    assert "Anda dipilih karena gilirannya paling sedikit" in text
    assert "Kopi Ijen, calon berikutnya" in text
    assert "Ini giliran Anda yang ke-4." in text


@pytest.mark.parametrize("hindrance", list(Hindrance))
def test_each_hindrance_is_said_in_words(app, turn, hindrance):
    turn.reasons = reasons(Decided.TURNS, excluded={hindrance.value: 3})

    assert KEPT_AWAY[hindrance] in said(app, turn)


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_each_obstacle_is_said_in_a_sentence(app, turn, obstacle):
    spot = Spot("Saluran 1", turn.channel_id, turn.starts_at, turn.ends_at, turn)
    assert WHY_NOT[obstacle] in why_not(app, Answer(spot, obstacle, [], None, None))


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (Wish(RequestKind.SWAP, "Kopi Ijen"), "Batik Sri dan Kopi Ijen sepakat bertukar giliran"),
        (Wish(RequestKind.MOVE, None), "atas permintaan Batik Sri sendiri"),
    ],
)
def test_what_sellers_wished_is_not_said_to_be_the_committees_hand(app, turn, wish, sentence):
    spot = Spot("Saluran 1", turn.channel_id, turn.starts_at, turn.ends_at, turn)

    text = why_not(app, Answer(spot, Obstacle.HAND, [], None, None, wish))

    assert sentence in text
    assert "dengan tangan" not in text


def test_an_exchange_tells_what_it_did_to_both(app, turn):
    swap = {
        "seller": "K1",
        "channel": turn.channel_id,
        "starts_at": "2026-03-02T12:00:00+00:00",
        "before": [40, 2],
        "after": [5, 6],
    }
    turn.reasons = reasons(Decided.SWAP, swap=swap)

    text = said(app, turn)

    assert "Ditukar dengan Kopi Ijen (Sen 2 Mar 19.00 WIB)." in text
    assert "Jarak Batik Sri dari bagian yang adil turun dari 40 menjadi 5." in text
    assert "Jarak Kopi Ijen dari bagian yang adil naik dari 2 menjadi 6." in text


def test_an_exchange_with_an_empty_slot_names_nobody(app, turn):
    swap = {"seller": None, "channel": 1, "starts_at": None, "before": [40, 0], "after": [5, 0]}
    turn.reasons = reasons(Decided.SWAP, swap=swap)

    assert "Ditukar dengan slot kosong." in said(app, turn)


def an_edit(turn, *, number=1, **given):
    row = {
        "channel": turn.channel_id,
        "starts_at": turn.starts_at.isoformat(),
        "before": "K1",
        "after": turn.seller.code,
    }
    fields = {
        "release_id": turn.release_id,
        "kind": EditKind.SWAP,
        "changes": [row],
        "why": "Kopi Ijen sakit",
        "made_by": "Rina",
        "made_at": turn.starts_at - timedelta(days=2),
    }
    return keep(PlanEdit(number=number, **fields | given))


def test_what_a_hand_did_has_who_why_and_when(app, turn):
    turn.reasons = {"decided": "hand"}
    an_edit(turn)
    an_edit(turn, number=2, why="Lain", undone_at=turn.starts_at)
    an_edit(turn, number=3, why="Dikunci", kind=EditKind.PIN)

    assert "Oleh Rina, Jum 27 Feb 19.00 WIB. Alasannya: “Kopi Ijen sakit”" in said(app, turn)


def test_a_hand_without_a_reason_says_so(app, turn):
    turn.reasons = {"decided": "hand"}
    an_edit(turn, why="")

    assert "Alasan tidak ditulis." in said(app, turn)


def test_a_pin_tells_who_set_it(app, turn, now):
    turn.reasons = reasons(Decided.PIN)
    keep(
        Pin(
            channel_id=turn.channel_id,
            starts_at=turn.starts_at,
            seller_id=turn.seller_id,
            note="Tamu kehormatan",
            made_by="Wulan",
            made_at=now,
        )
    )

    assert "Oleh Wulan, Min 1 Mar 19.00 WIB. Alasannya: “Tamu kehormatan”" in said(app, turn)


def test_a_turn_that_stands_since_an_earlier_release_gives_its_reason_of_then(app, edition, turn):
    turn.reasons = reasons(Decided.TICKET)
    old = explanations.explain(turn)
    later = a_turn(a_release(edition, number=2), turn.seller)
    later.uid, later.reasons = turn.uid, {"decided": "kept"}

    why = explanations.explain(later)

    assert (old.kept, why.kept, why.decided) == (None, 1, Decided.TICKET)
    assert "terbit sejak terbitan 1 dan tidak berubah" in said(app, later)
    assert "Undian yang memutuskan" in said(app, later)


def test_a_slot_that_was_filled_again_says_that_nothing_else_moved(app, edition, turn):
    draw = a_draw(edition, kind=DrawKind.REPAIR, stage=DrawStage.DONE)
    turn.release.draw_id = draw.id
    turn.reasons = reasons(Decided.TURNS)

    assert "Hanya jam yang kosong diisi lagi; giliran lain tidak digeser." in said(app, turn)


def test_a_turn_without_reasons_says_so(app, turn):
    turn.reasons = {}

    assert "Alasan giliran ini tidak tercatat." in said(app, turn)


def test_the_standing_of_the_seller_goes_along(turn):
    a_share(turn.release, turn.seller, turns=4, place=12)
    a_share(turn.release, a_seller())

    why = explanations.explain(turn)

    assert (why.share.turns, why.share.place, why.sellers) == (4, 12, 2)
