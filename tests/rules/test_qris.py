"""Stickers are read and made dynamic as 83 payloads and 16 conversions from practice demand.

The vectors were decoded by a program other than the library in use; merchants in them are
fictional or anonymised.
"""

import json
from collections import Counter
from dataclasses import FrozenInstanceError
from pathlib import Path
from string import ascii_uppercase, digits
from typing import Any

import pytest
import qriskit
from hypothesis import example, given
from hypothesis import strategies as st

from bazaar.errors import Invalid
from bazaar.rules import qris
from bazaar.rules.qris import QrisInfo, QrisRefused, QrisRejected

VECTORS = json.loads((Path(__file__).parents[1] / "data/qris_vectors.json").read_text())
PAYLOADS: list[dict[str, Any]] = VECTORS["payloads"]
CONVERSIONS: list[dict[str, Any]] = VECTORS["conversions"]
READABLE = [v for v in PAYLOADS if "parse_error" not in v["expect"]]
BY_ID = {v["id"]: v for v in PAYLOADS}

BASE: str = BY_ID["made-base"]["payload"]
STICKERS = [v["payload"] for v in PAYLOADS if isinstance(qris.inspect(v["payload"]), QrisInfo)]
CRC_ERRORS = {"crc.missing", "crc.not_last", "crc.mismatch"}
# Faults that the library finds by a stricter or wider rule than the vectors' program.
STRICTER = {
    "w:national.missing": "vectors have no such warning",
    "w:postal_code.missing": "vectors ask for a postal code only where the country is ID",
    "tag.length": "the library applies QRIS lengths to foreign templates",
    "tag.format": "the library applies QRIS formats to foreign templates",
    "amount.invalid": "the library refuses `98.`, and amounts with three decimals",
}
# Faults that the library does not name; neither payload is a sticker anyway.
UNSEEN = {
    "emvco-84d1": {"tag.format"},  # an empty private template
    "made-b-short": {"w:x.poi_missing"},
}


def by_id(vector):
    return vector["id"]


def sealed(*fields: tuple[str, str]) -> str:
    body = "".join(f"{tag}{len(value):02}{value}" for tag, value in fields) + "6304"
    return body + checksum(body)


def checksum(text: str) -> str:
    """Bit by bit, as the specification tells it; not the library's way."""
    register = 0xFFFF
    for byte in text.encode():
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ (0x1021 if register & 0x8000 else 0)
        register &= 0xFFFF
    return f"{register:04X}"


def fields(payload: str) -> list[tuple[str, str]]:
    found = []
    while payload:
        tag, length = payload[:2], int(payload[2:4])
        found.append((tag, payload[4 : 4 + length]))
        payload = payload[4 + length :]
    return found


def sticker(**changes: str | None) -> str:
    """The plain sticker with fields changed (`f59="…"`) or taken out (`f61=None`), resealed."""
    new = {tag.removeprefix("f"): value for tag, value in changes.items()}
    kept = {**dict(fields(BASE)[:-1]), **new}
    return sealed(*((tag, value) for tag, value in sorted(kept.items()) if value is not None))


def info(payload: str) -> QrisInfo:
    found = qris.inspect(payload)
    assert isinstance(found, QrisInfo), found
    return found


def verdict(payload: str) -> str | None:
    found = qris.inspect(payload)
    return found.code if isinstance(found, QrisRejected) else None


def expected_verdict(vector: dict[str, Any]) -> str | None:
    """What `inspect` must answer, from the vectors' own decoding and fault codes alone."""
    expect, issues = vector["expect"], set(vector["issues"])
    if "parse_error" in expect:
        return "unreadable"
    root = dict(expect["root"])
    purpose = expect["additional"].get("purpose")
    reasons = {
        "not_emv": "pfi.invalid" in issues,
        "crc": bool(issues & CRC_ERRORS) or not expect["crc_ok"],
        "not_qris": (expect["currency"], expect["country"]) != ("360", "ID"),
        "duplicate": "tag.duplicate" in issues,
        "template": any(tag <= "51" or tag == "62" for tag in expect["bad_templates"]),
        "not_merchant": "40" in root
        and (purpose in {"BOOK", "DMCT", "XBCT", "CWDL", "CDPT"} or root.get("52") == "4829"),
        "not_static": root.get("01", "11") != "11",
        "no_account": not expect["nmid"]
        and not any((a["pan"] or "").isdigit() and a["tag"] <= "45" for a in expect["accounts"]),
        "no_name": not expect["name"] or not expect["city"],
    }
    return next((code for code, holds in reasons.items() if holds), None)


def test_the_vectors_are_all_here():
    assert (len(PAYLOADS), len(READABLE), len(CONVERSIONS)) == (83, 72, 16)


def test_the_checksum_is_ccitt_false():
    assert checksum("123456789") == "29B1"


# Reading


@pytest.mark.parametrize("vector", PAYLOADS, ids=by_id)
def test_every_payload_gets_its_verdict(vector):
    assert verdict(vector["payload"]) == expected_verdict(vector)


def test_verdicts_of_the_vectors_are_of_every_common_kind():
    assert Counter(verdict(v["payload"]) for v in PAYLOADS) == {
        None: 18,
        "unreadable": 11,
        "not_emv": 1,
        "crc": 10,
        "not_qris": 17,
        "template": 1,
        "not_merchant": 1,
        "not_static": 22,
        "no_account": 1,
        "no_name": 1,
    }


@pytest.mark.parametrize("vector", READABLE, ids=by_id)
def test_every_payload_is_decoded_field_by_field(vector):
    expect = vector["expect"]
    decoded = qriskit.parse(vector["payload"])

    assert [[node.tag, node.value] for node in decoded.nodes] == expect["root"]
    assert decoded.point_of_initiation == expect["poi"]
    assert decoded.get("54") == expect["amount_text"]
    assert [decoded.get(tag) for tag in ("55", "56", "57")] == list(expect["tip"].values())
    assert decoded.mcc == expect["mcc"]
    assert decoded.currency == expect["currency"]
    assert decoded.country == expect["country"]
    assert decoded.merchant_name == expect["name"]
    assert decoded.merchant_city == expect["city"]
    assert decoded.postal_code == expect["postal"]
    assert decoded.nmid == expect["nmid"]
    assert decoded.crc == expect["crc"]
    for tag, parts in expect["templates"].items():
        assert [decoded.get(f"{tag}.{sub}") for sub, _ in parts] == [value for _, value in parts]
    assert decoded.additional_data.to_dict() == expect["additional"]
    accounts = {account.tag: account for account in decoded.merchant_accounts}
    for account in expect["accounts"]:
        found = accounts[account["tag"]]
        assert (found.guid, found.pan, found.merchant_id, found.criteria) == (
            account["guid"],
            account["pan"],
            account["id"],
            account["criteria"],
        )


@pytest.mark.parametrize("vector", READABLE, ids=by_id)
def test_every_fault_of_the_vectors_is_found(vector):
    expected = set(vector["issues"]) - UNSEEN.get(vector["id"], set())
    found = {
        ("" if issue.severity == "error" else "w:") + issue.code
        for issue in qriskit.validate(vector["payload"])
    }

    assert expected <= found
    assert found - expected <= set(STRICTER)
    assert bool(found & CRC_ERRORS) == (not vector["expect"]["crc_ok"])


@pytest.mark.parametrize("vector", [v for v in READABLE if expected_verdict(v) is None], ids=by_id)
def test_an_accepted_sticker_tells_what_the_vectors_know(vector):
    expect = vector["expect"]
    found = info(vector["payload"])
    account = next(a for a in expect["accounts"] if a["tag"] <= "45" and a["pan"])
    national: dict[str, Any] = next((a for a in expect["accounts"] if a["tag"] == "51"), {})

    assert found.payload == vector["payload"]
    assert found.name == expect["name"].strip()
    assert found.city == expect["city"].strip()
    assert found.postal_code == expect["postal"]
    assert found.nmid == expect["nmid"]
    assert found.pan == account["pan"]
    assert found.nns == account["pan"][:8]
    assert found.criteria == (account["criteria"] or national.get("criteria"))
    assert found.mcc == expect["mcc"]
    assert found.terminal_label == expect["additional"].get("terminal_label")


def test_a_sticker_reads_like_this():
    assert info(BASE) == QrisInfo(
        payload=BASE,
        sha256="733b06aaeedc1154b50008562eb341b1e796c75e0bcd695594d2617c11f8d32a",
        name="BATIK CONTOH JEMBER",
        city="JEMBER",
        postal_code="68118",
        nmid="ID1099000000017",
        pan="936099990000000017",
        nns="93609999",
        acquirer=None,
        criteria="UMI",
        mcc="5651",
        terminal_label="A01",
        fixed_amount_idr=None,
        warnings=("acquirer_unknown",),
    )
    assert info(BASE).pan_masked == "93609999••••••0017"


def test_a_known_acquirer_is_named():
    found = info(BY_ID["qris-4dc9"]["payload"])

    assert (found.nns, found.acquirer) == ("93600008", "Mandiri")
    assert found.warnings == ()


@pytest.mark.parametrize(
    "text",
    [f"\r\n  {BASE}\n", f"\u00a0{BASE}\u00a0", f"\ufeff{BASE}", f"\u200b{BASE}\u200b"],
    ids=["line ends", "no-break spaces", "byte-order mark", "zero-width spaces"],
)
def test_what_copying_leaves_around_a_payload_is_dropped(text):
    assert info(text) == info(BASE)


NO_STICKERS = [
    ("too_long", BASE + "A" * 300),
    ("unreadable", ""),
    ("unreadable", "   "),
    ("unreadable", BASE[:100] + "\n" + BASE[100:]),
    ("unreadable", sticker(f59="BATIK\x00CONTOH")),
    ("unreadable", sticker(f59="BATIK \u202eHOTNOC")),
    ("unreadable", BASE.replace("BATIK", "BAT\ud800K")),
    ("unreadable", "https://contoh.id/o/PB26-000123"),
    ("not_emv", sticker(f00="02")),
    ("not_emv", sealed(*fields(BASE)[1:-1])),
    ("crc", BASE[:-4] + "0000"),
    ("crc", BASE[:-8]),
    ("crc", BASE[:-4] + "05 F"),
    ("crc", BASE + "6202AB"),
    ("not_qris", sticker(f53="702")),
    ("not_qris", sticker(f53=None)),
    ("not_qris", sticker(f58="SG")),
    ("not_qris", sticker(f58=None)),
    ("duplicate", sealed(*fields(BASE)[:-1], ("59", "TOKO LAIN"))),
    ("duplicate", sticker(f62="0703A010703A02")),
    ("duplicate", sticker(f51="0215ID10990000000170215ID1099000000018")),
    ("template", sticker(f62="0799A01")),
    ("template", sticker(f26="rusak")),
    ("not_merchant", sticker(f40="0013ID.CO.BCA.WWW", f62="0804DMCT")),
    ("not_merchant", sticker(f40="0013ID.CO.BCA.WWW", f52="4829")),
    ("not_static", sticker(f01="12")),
    ("not_static", sticker(f01="13")),
    ("no_account", sticker(f26=None, f51=None)),
    ("no_account", sticker(f26="0016ID.CO.CONTOH.WWW0103ABC", f51=None)),
    ("no_account", sticker(f26=f"0120{'9' * 20}", f51=None)),
    ("no_account", sticker(f26=None, f51=f"0216ID{'1' * 14}")),
    ("no_name", sticker(f59=None)),
    ("no_name", sticker(f59="   ")),
    ("no_name", sticker(f60=None)),
]


@pytest.mark.parametrize(("code", "payload"), NO_STICKERS)
def test_what_is_no_sticker_is_rejected(code, payload):
    assert qris.inspect(payload) == QrisRejected(code, qris.REJECTIONS[code])


def test_every_rejection_has_been_tried():
    assert {code for code, _ in NO_STICKERS} == set(qris.REJECTIONS)


@pytest.mark.parametrize(
    ("warning", "payload"),
    [
        ("crc_lowercase", BASE[:-4] + BASE[-4:].lower()),
        ("fixed_amount", sticker(f54="15000")),
        ("fixed_amount", sticker(f54="1e5")),
        ("tip", sticker(f55="01")),
        ("tip", sticker(f56="1000")),
        ("name_long", sticker(f59="A" * 26)),
        ("city_long", sticker(f60="A" * 16)),
        ("postal_missing", sticker(f61=None)),
        ("nmid_missing", sticker(f51=None)),
        ("nmid_missing", sticker(f51="0014ID.CO.QRIS.WWW")),
        ("nmid_missing", sticker(f51=f"0216ID{'1' * 14}")),
        ("nmid_unusual", sticker(f51="0014ID.CO.QRIS.WWW0215ID0000000000000")),
        ("criteria", sticker(f26=dict(fields(BASE))["26"].replace("UMI", "URE"))),
        ("mcc", sticker(f52=None)),
        ("mcc", sticker(f52="12")),
        ("order", sealed(*fields(BASE)[:3], *reversed(fields(BASE)[3:-1]))),
        ("private", sticker(f62="5004ABCD")),
        ("private", sticker(f80="apa saja")),
    ],
)
def test_what_is_odd_but_payable_is_a_warning(warning, payload):
    assert warning in info(payload).warnings


def test_a_plain_sticker_of_a_known_acquirer_warns_of_nothing():
    known = sealed(
        *((tag, value.replace("93609999", "93600014")) for tag, value in fields(BASE)[:-1])
    )

    assert info(known).acquirer == "BCA"
    assert info(known).warnings == ()


def test_a_lower_case_checksum_is_stored_in_capitals():
    assert info(BASE[:-4] + BASE[-4:].lower()).payload == BASE


def test_what_was_read_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        info(BASE).name = "TOKO LAIN"  # type: ignore[misc]


# Amounts


@pytest.mark.parametrize("vector", PAYLOADS, ids=by_id)
def test_amounts_are_read_as_whole_rupiah(vector):
    expected = {
        "qris-f98b": 1337,
        "qris-265f": 500_000,
        "qris-8a85": 500_000,
        "qris-fd26": 1000,
        "qris-9414": 49_500,
        "qris-0e7e": 4580,
        "qris-f1e5": 10_071,
        "made-dyn": 147_356,
        "made-static-amount": 15_000,
        "made-amount-dot": 98,
        "made-amount-13": 9_999_999_999_999,
        "made-tip-prompt": 50_000,
        "made-tip-fixed": 50_000,
        "made-tip-percent": 50_000,
        "made-r-tip-novalue": 50_000,
        "made-r-tip-orphan": 50_000,
    }

    assert qris.split_amount(vector["payload"]) == expected.get(vector["id"])


@pytest.mark.parametrize(
    ("written", "amount_idr"),
    [
        ("147356", 147_356),
        ("147356.", 147_356),
        ("147356.00", 147_356),
        ("147356.50", None),
        ("147356.000", None),
        ("0", None),
        ("0.00", None),
        ("1e5", None),
        ("+5", None),
        ("１９", None),
        ("3 705", None),
        ("98,73", None),
    ],
)
def test_only_whole_rupiah_count(written, amount_idr):
    assert qris.split_amount(sticker(f54=written)) == amount_idr
    assert info(sticker(f54=written)).fixed_amount_idr == amount_idr


def test_a_foreign_amount_is_no_rupiah():
    assert qris.split_amount(sticker(f53="764", f54="100")) is None


@pytest.mark.parametrize("text", ["", "bukan QRIS", "0" * 10_000, BASE])
def test_without_an_amount_there_is_none(text):
    assert qris.split_amount(text) is None


# Conversion


@pytest.mark.parametrize("case", CONVERSIONS, ids=by_id)
def test_every_conversion_is_right_byte_for_byte(case):
    def convert():
        return qris.make_dynamic(case["input"], case["amount"], case["reference"])

    if "expect_payload" in case:
        assert convert() == case["expect_payload"]
        return
    with pytest.raises(QrisRefused) as refused:
        convert()
    assert refused.value.code == case["expect_error"]


@pytest.mark.parametrize("vector", PAYLOADS, ids=by_id)
def test_only_accepted_stickers_are_converted(vector):
    code = expected_verdict(vector)
    if code is None:
        assert qris.make_dynamic(vector["payload"], 1000, "PV-7XK2Q")
        return
    with pytest.raises(qris.StickerRefused) as refused:
        qris.make_dynamic(vector["payload"], 1000, "PV-7XK2Q")
    assert refused.value.code == code


@pytest.mark.parametrize("rupiah", [0, -1, 10_000_001, 14500.5, 15000.0, True, "15000", None])
def test_an_amount_that_cannot_be_paid_is_refused(rupiah):
    with pytest.raises(qris.AmountRefused) as refused:
        qris.make_dynamic(BASE, rupiah, "PV-7XK2Q")

    assert (refused.value.code, refused.value.rupiah) == ("amount", rupiah)
    assert str(refused.value) == (
        "Sekali bayar dengan QRIS paling sedikit Rp1 dan paling banyak Rp10.000.000."
    )


def test_the_limit_is_the_callers_to_set():
    assert qris.split_amount(qris.make_dynamic(BASE, 20_000_000, None, limit_idr=20_000_000))
    with pytest.raises(qris.AmountRefused):
        qris.make_dynamic(BASE, 5001, None, limit_idr=5000)


@pytest.mark.parametrize(
    "reference", ["", "pv-7xk2q", "PV 7XK2Q", "PV_7XK2Q", "PV-7XK2Q\n", "É", "７", "R" * 26]
)
def test_a_reference_that_banks_cannot_show_is_refused(reference):
    with pytest.raises(qris.ReferenceRefused) as refused:
        qris.make_dynamic(BASE, 1000, reference)

    assert refused.value.code == "reference"


def test_a_full_template_is_refused_and_works_without_reference():
    full = sticker(f62=f"0125{'B' * 25}0225{'C' * 25}0317{'D' * 17}")
    assert len(qris.make_dynamic(full, 1000, "PV-789")) > 0

    with pytest.raises(qris.TemplateFull) as refused:
        qris.make_dynamic(full, 1000, "PV-7XK2Q" + "A" * 17)

    assert refused.value.code == "template_full"
    assert qris.split_amount(qris.make_dynamic(full, 1000, None)) == 1000


@pytest.mark.parametrize(("length", "fits"), [(17, True), (18, False)])
def test_a_template_is_filled_to_its_last_character(length, fits):
    full = sticker(f62=f"0174{'B' * 74}")
    reference = "R" * length

    if fits:
        assert len(dict(fields(qris.make_dynamic(full, 1000, reference)))["62"]) == 99
        return
    with pytest.raises(qris.TemplateFull):
        qris.make_dynamic(full, 1000, reference)


def test_an_older_reference_makes_room_for_the_new_one():
    full = sticker(f62=f"0166{'B' * 66}0525{'C' * 25}")

    dynamic = qris.make_dynamic(full, 1000, "PV-7XK2Q")

    assert dict(fields(dynamic))["62"] == f"0166{'B' * 66}0508PV-7XK2Q"


def test_a_result_too_long_to_scan_is_refused():
    long = sealed(*fields(BASE)[:-1], *((f"{tag}", "A" * 95) for tag in (80, 81, 82)))
    assert len(long) == 511

    with pytest.raises(qris.StickerRefused) as refused:
        qris.make_dynamic(long, 1000, "PV-7XK2Q")

    assert refused.value.code == "too_long"


def test_refusals_are_answered_as_invalid_input():
    assert issubclass(QrisRefused, Invalid)
    assert str(qris.StickerRefused("crc")) == (
        "Stiker QRIS penjual ini tidak dapat dipakai (crc). Hubungi panitia."
    )


# A 16-bit checksum finds every change within two bytes, so each ASCII letter put for another.
PRINTABLE = st.characters(min_codepoint=33, max_codepoint=126)
amounts = st.integers(1, qris.QRIS_MAX_IDR)
references = st.text(ascii_uppercase + digits + "-", min_size=1, max_size=25)


@given(payload=st.sampled_from(STICKERS), rupiah=amounts, reference=references)
def test_a_dynamic_code_differs_in_nothing_but_what_was_asked(payload, rupiah, reference):
    try:
        dynamic = qris.make_dynamic(payload, rupiah, reference)
    except qris.TemplateFull:
        return
    before, after = fields(payload), fields(dynamic)
    extra = dict(fields(dict(after)["62"]))
    new = {"01", "54", "62", "63"}
    dropped = {"54", "55", "56", "57"}

    assert qris.split_amount(dynamic) == rupiah
    assert dict(after)["01"] == "12"
    assert extra.pop("05") == reference
    assert extra == {t: v for t, v in fields(dict(before).get("62", "")) if t != "05"}
    assert dynamic[-4:] == checksum(dynamic[:-4])
    assert [f for f in after if f[0] not in new] == [f for f in before if f[0] not in new | dropped]
    assert verdict(dynamic) == "not_static"


@given(payload=st.sampled_from(PAYLOADS).map(lambda v: v["payload"]), data=st.data())
def test_broken_payloads_never_crash(payload, data):
    start = data.draw(st.integers(0, len(payload)))
    end = data.draw(st.integers(start, min(len(payload), start + 6)))
    broken = payload[:start] + data.draw(st.text(max_size=6)) + payload[end:]
    if data.draw(st.booleans()):
        broken = broken[:-4] + checksum(broken[:-4].encode("utf-8", "ignore").decode())

    found = qris.inspect(broken)
    amount = qris.split_amount(broken)
    try:
        dynamic = qris.make_dynamic(broken, 1000, "PV-7XK2Q")
    except qris.TemplateFull:
        assert isinstance(found, QrisInfo)
    except qris.StickerRefused:
        assert isinstance(found, QrisRejected)
    else:
        assert isinstance(found, QrisInfo)
        assert qris.split_amount(dynamic) == 1000
    assert amount is None or amount >= 1


@given(st.text())
@example("0" * 100_000)
@example("000201" * 80)
@example("\ud800")
def test_any_text_gets_an_answer(text):
    assert isinstance(qris.inspect(text), QrisInfo | QrisRejected)
    assert (qris.split_amount(text) or 1) > 0


@given(payload=st.sampled_from(STICKERS), position=st.integers(0), letter=PRINTABLE)
def test_one_wrong_letter_is_always_noticed(payload, position, letter):
    position %= len(payload) - 4
    wrong = payload[:position] + letter + payload[position + 1 :]

    assert wrong == payload or isinstance(qris.inspect(wrong), QrisRejected)
