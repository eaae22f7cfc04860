import copy
import hashlib
import hmac

import pytest

from bazaar.rules.rotation.draw import commitment, seed_of, ticket
from bazaar.rules.rotation.format import digest, read_instance
from bazaar.rules.rotation.solving import rule_of, solve_file
from bazaar.rules.rotation.verifying import BadDraw, verify
from tests.rules.rotation.instances import dropped_out, generated

SECRET = bytes(range(32))


def drawn(given, **keys):
    """Return the public file of a draw."""
    seed = seed_of(SECRET, given["name"], digest(given), "IHSG 7.123,45", 1)
    rebuild = keys.get("rebuild", False)
    plan = solve_file(given, seed, iterations=300, rebuild=rebuild)
    return {
        "format": "rotation-draw/1",
        "number": 1,
        "instance": given,
        "instance_digest": digest(given),
        "commitment": commitment(SECRET),
        "secret": SECRET.hex(),
        "public_value": "IHSG 7.123,45",
        "seed": seed,
        "iterations": 300,
        "rule": plan["rule"],
        "plan": plan,
    } | keys


@pytest.fixture(scope="module")
def draw():
    return drawn(generated("tiny"))


def steps(draw):
    return [difference.step for difference in verify(draw)]


def test_an_honest_draw_gives_the_same_bytes(draw):
    assert verify(draw) == []


def test_what_is_published_of_the_plan_may_be_its_assignments_only(draw):
    plan = {key: draw["plan"][key] for key in ("format", "instance", "assignments")}
    assert verify(draw | {"plan": plan}) == []
    assert steps(draw | {"plan": {"format": "rotation-plan/1"}}) == ["plan"]
    assert steps(draw | {"plan": plan | {"note": "x"}}) == ["plan"]


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_replan_can_be_verified_too(rebuild):
    given = dropped_out(generated("tiny"))
    draw = drawn(given, rebuild=rebuild)
    assert verify(draw) == []
    assert "rule" in steps(draw | {"rebuild": not rebuild})


def other_plan(draw):
    draw["plan"]["assignments"][0]["seller"] = draw["plan"]["assignments"][1]["seller"]


def other_reason(draw):
    draw["plan"]["reasons"][0]["candidates"] += 1


TAMPERED = {
    "another secret": (lambda d: d.update(secret="00" * 32), ["commitment", "seed", "plan"]),
    "another commitment": (lambda d: d.update(commitment="00"), ["commitment"]),
    "another value": (lambda d: d.update(public_value="IHSG 1"), ["seed", "plan"]),
    "another number": (lambda d: d.update(number=2), ["seed", "plan"]),
    "another seed": (lambda d: d.update(seed="00"), ["seed"]),
    "another digest": (lambda d: d.update(instance_digest="00"), ["instance_digest"]),
    "another rule": (lambda d: d.update(rule="mine/1"), ["rule"]),
    "another plan": (other_plan, ["plan"]),
    "another reason": (other_reason, ["plan"]),
    "another weight": (
        lambda d: d["instance"]["slots"][0].update(weight=11),
        ["instance_digest", "seed", "plan"],
    ),
    "another name": (
        lambda d: d["instance"].update(name="x"),
        ["instance_digest", "seed", "plan"],
    ),
    "an added key": (
        lambda d: d["instance"].update(note="x"),
        ["instance_digest", "seed", "plan"],
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_tampered_draw_is_found_out(draw, case):
    tamper, differing = TAMPERED[case]
    tampered = copy.deepcopy(draw)
    tamper(tampered)

    assert steps(tampered) == differing


def test_a_draw_with_fewer_iterations_is_another_draw():
    draw = drawn(generated("twoaday"))
    assert steps(draw | {"iterations": 0}) == ["plan"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "x"),
        ("instance", "x"),
        ("plan", None),
        ("secret", "no hex"),
        ("secret", None),
        ("seed", 1),
        ("number", "1"),
        ("iterations", 1.5),
        ("rebuild", 1),
        ("stage", "frozen"),
    ],
)
def test_the_file_of_a_draw_is_read_with_suspicion(draw, key, value):
    with pytest.raises(BadDraw) as refused:
        verify(draw | {key: value})
    assert any(fault.startswith(key) for fault in refused.value.faults)


def test_the_draw_is_what_anybody_can_compute():
    assert commitment(b"secret") == hashlib.sha256(b"secret").hexdigest()
    assert seed_of(b"secret", "Ramadan", "ab", "7.123", 2) == (
        hmac.new(b"secret", b"Ramadan|ab|7.123|2", hashlib.sha256).hexdigest()
    )
    assert ticket("seed", "Ramadan", "s1") == (
        hmac.new(b"seed", b"Ramadan|s1", hashlib.sha256).hexdigest()
    )


def test_the_rule_says_whether_a_plan_was_made_or_repaired():
    fresh, replan = read_instance(generated("tiny")), read_instance(dropped_out(generated("tiny")))
    assert rule_of(fresh) == rule_of(replan, rebuild=True) != rule_of(replan)
