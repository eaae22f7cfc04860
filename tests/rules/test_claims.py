"""What viewers type, as the examples say it is to be understood, and anything else at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar.rules import claims
from bazaar.rules.claim_tokens import Goods
from bazaar.rules.claims import Claim, Decision, Typed

DATA = json.loads(
    (Path(__file__).parent.parent / "data" / "claims_examples.json").read_text("utf-8")
)


def goods_of(name: str) -> Goods:
    context = DATA["contexts"][name]
    variants = {code: facts.get("variants", []) for code, facts in context["products"].items()}
    return Goods(variants, context["pinned"], context["max_qty"])


def told(message: str, context: str = "default") -> dict[str, Any]:
    parsed = claims.parse(message, goods_of(context))
    return {
        "claims": [
            {
                "code": claim.code,
                "qty": claim.qty,
                "variant": claim.variant,
                "op": "add" if claim.add else "set",
            }
            for claim in parsed.claims
        ],
        "cancels": [{"code": code} for code in parsed.cancels],
        "question": parsed.question,
        "unknown": list(parsed.unknown),
        "flags": list(parsed.flags),
        "decision": parsed.decision.value,
    }


@pytest.mark.parametrize("example", DATA["examples"], ids=lambda each: each["text"])
def test_messages_are_understood_as_the_examples_say(example):
    assert told(example["text"], example["context"]) == example["expect"]


@pytest.mark.parametrize(
    ("message", "claimed", "decision"),
    [
        ("jadi 2 B07", [("B07", 2)], "auto"),
        ("jadi B07 x2 B07", [("B07", 2)], "auto"),
        ("jadi B07 12", [("B07", 1), ("12", 1)], "auto"),
        ("12", [], "ignore"),
        ("jangan batal B07", [], "ignore"),
        ("belum jadi B07", [], "ignore"),
        ("B07 250rb", [], "ignore"),
        ("fix B07 bisa COD?", [("B07", 1)], "review"),
        ("@ani jadi B07", [("B07", 1)], "review"),
        ("jadi B07 rt 05 rw 02", [("B07", 1)], "auto"),
        ("jadi ingat rumah", [], "ignore"),
        ("fix B07 + K03", [("B07", 1), ("K03", 1)], "auto"),
        ("mau tanya", [], "ignore"),
    ],
)
def test_what_the_examples_leave_open(message, claimed, decision):
    found = told(message)

    assert [(one["code"], one["qty"]) for one in found["claims"]] == claimed
    assert found["decision"] == decision


def test_with_nothing_shown_a_keyword_alone_is_for_a_person():
    assert told("jadi kak", "nothing_pinned")["flags"] == ["no_code"]
    assert told("jadi kak", "nothing_pinned")["decision"] == "review"


def test_what_hosts_write_is_no_claim():
    assert claims.parse("jadi B07", goods_of("default"), staff=True).decision is Decision.IGNORE


@given(st.text(max_size=80) | st.text("jadi B07x2,.?K 03@+=fixbatal \n", max_size=60))
@settings(max_examples=1500)
def test_no_text_breaks_it(message):
    parsed = claims.parse(message, goods_of("default"))

    assert all(claim.qty > 0 for claim in parsed.claims)
    assert (parsed.decision is Decision.IGNORE) == (
        not (parsed.claims or parsed.cancels or parsed.unknown or "no_code" in parsed.flags)
    )
    claims.read_typed(message, goods_of("default"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("B07 x2, Bu Rini, 0812-3456-7890", ([Claim("B07", 2)], [], "Bu Rini", "0812-3456-7890")),
        ("b7 2 k3 Bu Rini 081234567890", ([Claim("B07", 2), Claim("K03")], [], "Bu Rini", "081234567890")),
        ("jadi B07, Z99 untuk Pak Agus Wibowo +65 9123 45678", ([Claim("B07")], ["Z99"], "Pak Agus Wibowo", "+65 9123 45678")),
        ("B08 L dua Siti", ([Claim("B08", 2, "L")], [], "Siti", "")),
        ("B07x2 Siti", ([Claim("B07", 2)], [], "Siti", "")),
        ("B07 X 2 K3 Siti", ([Claim("B07", 2), Claim("K03")], [], "Siti", "")),
        ("halo", ([], [], "halo", "")),
        ("", ([], [], "", "")),
    ],
)  # fmt: skip
def test_what_a_host_types_for_a_viewer(text, expected):
    assert claims.read_typed(text, goods_of("default")) == Typed(*expected)


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("B07 x2", [Claim("B07", 2)]),
        ("B07 x02 X02", [Claim("B07", 2), Claim("X02")]),
        ("B07, X02", [Claim("B07"), Claim("X02")]),
        ("B07 x60", [Claim("B07"), Claim("X60")]),
        ("X02 x3", [Claim("X02", 3)]),
        ("x2", [Claim("X02")]),
    ],
)
def test_x_behind_a_code_means_times_though_a_product_is_called_so(text, claimed):
    goods = Goods(dict.fromkeys(["B07", "X02", "X60"], ()), max_qty=50)

    assert claims.read_typed(text, goods).claims == claimed
    assert claims.parse(f"jadi {text}", goods).claims == claimed
