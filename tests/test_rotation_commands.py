import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bazaar import rotation_commands
from bazaar.rules.rotation.draw import commitment, seed_of
from bazaar.rules.rotation.format import canonical, digest
from tests.rules.rotation.instances import dropped_out, generated, verdict

ROOT = Path(__file__).resolve().parent.parent
SECRET = bytes(range(32))


def run(*words):
    return CliRunner().invoke(rotation_commands.rotation, [str(word) for word in words])


def alone(*words):
    """Run the planner as a draft in the background does; nothing of the environment is set."""
    command = [sys.executable, "-m", "bazaar.rules.rotation", *(str(word) for word in words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env={})


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(generated("tiny")))
    return path


@pytest.fixture
def plan(tmp_path):
    return tmp_path / "plan.json"


def test_solve_writes_a_plan_and_prints_its_figures(tiny, plan):
    done = run("solve", tiny, "-o", plan, "--seed", "x", "--iterations", "100")

    assert (done.exit_code, done.stderr) == (0, "")
    given, written = json.loads(tiny.read_text()), json.loads(plan.read_text())
    judged = verdict(given, written)
    assert judged["hard_violations"] == 0
    printed = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    for name in judged.keys() - {"violations", "examples"}:
        value = judged[name]
        assert printed[name] == str(value), name
    assert written["instance_digest"] == digest(given)
    assert (written["instance"], written["seed"]) == ("tiny", "x")


def test_the_same_seed_gives_the_same_bytes_here_and_alone(tiny, plan, tmp_path):
    run("solve", tiny, "-o", plan, "--seed", "x", "--iterations", "100")
    other = tmp_path / "other.json"
    done = alone(tiny, "-o", other, "--seed", "x", "--iterations", "100", "--progress")

    assert (done.returncode, done.stderr) == (0, "")
    assert other.read_bytes() == plan.read_bytes()
    assert done.stdout.splitlines()[-1] == "progress 1.00"
    assert alone(tiny, "-o", other, "--seed", "y", "--iterations", "100").stdout == ""
    assert other.read_bytes() != plan.read_bytes()


def test_a_published_plan_is_repaired_unless_it_shall_be_rebuilt(tmp_path, plan):
    given = dropped_out(generated("twoaday"), day=5)
    path = tmp_path / "drop.json"
    path.write_text(json.dumps(given))

    assert run("solve", path, "-o", plan).exit_code == 0
    repaired = verdict(given, json.loads(plan.read_text()))
    assert run("solve", path, "-o", plan, "--rebuild", "--iterations", "9").exit_code == 0
    rebuilt = verdict(given, json.loads(plan.read_text()))

    assert repaired["stability"]["needlessly_changed"] == 0
    assert rebuilt["stability"]["needlessly_changed"] > 0
    assert alone(path, "-o", plan, "--rebuild", "--iterations", "9").returncode == 0
    assert verdict(given, json.loads(plan.read_text())) == rebuilt


@pytest.mark.parametrize("command", [lambda *words: run("solve", *words), alone])
def test_wrong_input_leaves_the_plan_as_it_was(tiny, plan, command):
    given = json.loads(tiny.read_text())
    given["slots"][0]["weight"] = -1
    given["slots"][1]["start"] = "2027-02-08T09:30:00"
    tiny.write_text(json.dumps(given))
    plan.write_text("as it was")
    done = command(tiny, "-o", plan)

    assert getattr(done, "exit_code", None) or done.returncode == 2
    assert done.stderr.splitlines() == [
        "slots[0].weight: must be 1 or more, is -1",
        "slots[1].start: 2027-02-08T09:30:00 has no offset from UTC, such as +07:00",
    ]
    assert plan.read_text() == "as it was"
    assert sorted(path.name for path in plan.parent.iterdir()) == ["plan.json", "tiny.json"]


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000])
def test_what_is_no_instance_is_refused_in_one_line(tiny, plan, text):
    tiny.write_text(text)
    done = run("solve", tiny, "-o", plan)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert not plan.exists()


def test_files_that_cannot_be_read_or_written_are_named(tiny, plan, tmp_path):
    missing = run("solve", tmp_path / "none.json", "-o", plan)
    assert (missing.exit_code, "none.json: No such file" in missing.stderr) == (2, True)
    nowhere = run("solve", tiny, "-o", tmp_path / "none" / "plan.json", "--iterations", "0")
    assert (nowhere.exit_code, "plan.json: No such file" in nowhere.stderr) == (2, True)


def test_flask_plans_without_settings_or_database(tiny, plan):
    """As somebody does who only wants to verify: no BAZAAR_… variable is set."""
    environment = {key: value for key, value in os.environ.items() if "BAZAAR" not in key}
    command = [sys.executable, "-m", "flask", "--app", "bazaar", "rotation", "solve"]
    done = subprocess.run(
        [*command, str(tiny), "-o", str(plan), "--iterations", "10"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "hard_violations          0" in done.stdout


def draw_file(given):
    seed = seed_of(SECRET, given["name"], digest(given), "7.123", 1)
    return {
        "format": "rotation-draw/1",
        "number": 1,
        "instance": "tiny.json",
        "instance_digest": digest(given),
        "commitment": commitment(SECRET),
        "secret": SECRET.hex(),
        "public_value": "7.123",
        "seed": seed,
        "iterations": 50,
        "rule": "",
        "plan": "plan.json",
    }


@pytest.fixture
def draw(tiny, plan, tmp_path):
    """A draw whose file names its instance and its plan."""
    drawn = draw_file(json.loads(tiny.read_text()))
    run("solve", tiny, "-o", plan, "--seed", drawn["seed"], "--iterations", "50")
    drawn["rule"] = json.loads(plan.read_text())["rule"]
    path = tmp_path / "draw.json"
    path.write_bytes(canonical(drawn))
    return path


def test_verify_computes_a_draw_again_from_its_public_files(draw):
    done = run("verify", draw)
    assert (done.exit_code, done.stdout) == (0, "same bytes\n")


def test_verify_says_which_step_differs(draw, plan):
    changed = json.loads(plan.read_text())
    changed["assignments"].pop()
    plan.write_text(json.dumps(changed))
    done = run("verify", draw)
    assert done.exit_code == 1
    assert done.stdout.startswith("plan differs: told SHA-256 ")

    told = json.loads(draw.read_text())
    draw.write_text(json.dumps(told | {"number": 2}))
    lines = run("verify", draw).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["seed", "plan"]


def test_verify_refuses_what_is_no_draw(draw):
    told = json.loads(draw.read_text())
    draw.write_text(json.dumps(told | {"secret": "?", "plan": "gone.json"}))
    done = run("verify", draw)
    assert (done.exit_code, "gone.json: No such file" in done.stderr) == (2, True)
    draw.write_text(json.dumps(told | {"secret": "?"}))
    done = run("verify", draw)
    assert (done.exit_code, done.stderr) == (2, "secret: must be written in hex\n")


def test_the_planner_alone_loads_no_web():
    loaded = "import sys, bazaar.rules.rotation.__main__; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    modules = done.stdout.split()
    for heavy in ("flask", "sqlalchemy", "bazaar.app", "bazaar.db", "click"):
        assert heavy not in modules
