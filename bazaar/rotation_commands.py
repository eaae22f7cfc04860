"""Commands around the rotation's open format: `flask --app bazaar rotation …`. No database."""

import sys
from pathlib import Path
from typing import Any

import click

from bazaar.rules.rotation import files
from bazaar.rules.rotation.check import violations
from bazaar.rules.rotation.figures import as_judged, figures
from bazaar.rules.rotation.format import BadFile, read_instance, read_plan
from bazaar.rules.rotation.solving import ITERATIONS, Progress, solve_file
from bazaar.rules.rotation.verifying import verify

BAR = 30
WRONG_INPUT = 2

INPUT = click.Path(path_type=Path, dir_okay=False)


@click.group("rotation")
def rotation() -> None:
    """Plan, and verify a draw, from files in the open format (docs/rotation.md)."""


@rotation.command("solve")
@click.argument("instance", type=INPUT)
@click.option("-o", "--output", type=INPUT, required=True, help="Where the plan is written.")
@click.option("--seed", default="0", show_default=True, help="Any text; decides between equals.")
@click.option(
    "--iterations",
    type=click.IntRange(min=0),
    default=ITERATIONS,
    show_default=True,
    help="So many exchanges are tried.",
)
@click.option("--rebuild", is_flag=True, help="Plan anew all that is not frozen.")
def solve(instance: Path, output: Path, seed: str, iterations: int, *, rebuild: bool) -> None:
    """Read INSTANCE, write its plan, print the plan's figures.

    With a published plan in INSTANCE only vacated slots are given anew, unless --rebuild. Wrong
    input ends with 2, each fault on a line; then the output stays as it was.
    """
    try:
        given = files.read(instance)
        plan = solve_file(given, seed, iterations=iterations, rebuild=rebuild, progress=_progress())
        files.write(output, plan)
    except BadFile as error:
        raise _wrong(error) from None
    for line in _figures(given, plan):
        click.echo(line)


@rotation.command("verify")
@click.argument("draw", type=INPUT)
def verify_draw(draw: Path) -> None:
    """Compute a published draw again and say whether the same bytes come out.

    DRAW is the public file of the draw; where it names an instance or a plan instead of holding
    it, that is a file beside it. Ends with 1 and the steps that differ.
    """
    try:
        differences = verify(_whole(draw), progress=_progress())
    except BadFile as error:
        raise _wrong(error) from None
    for difference in differences:
        click.echo(difference)
    if differences:
        raise click.exceptions.Exit(1)
    click.echo("same bytes")


def _whole(draw: Path) -> dict[str, Any]:
    """Return the draw with the instance and the plan it names read in."""
    value = dict(files.read(draw))
    for key in ("instance", "plan"):
        if isinstance(value.get(key), str):
            value[key] = files.read(draw.with_name(Path(value[key]).name))
    return value


def _figures(given: Any, plan: dict[str, Any]) -> list[str]:
    instance, written = read_instance(given), read_plan(plan)
    assignments = written.plan.assignments
    found = as_judged(figures(instance, assignments))
    found["hard_violations"] = len(violations(instance, assignments))
    return [f"{name:<24} {value}" for name, value in found.items()]


def _progress() -> Progress | None:
    """Draw a bar on the error output if a person watches it."""
    if not sys.stderr.isatty():
        return None
    return _draw_bar


def _draw_bar(share: float) -> None:
    done = round(BAR * share)
    click.echo(f"\r[{'#' * done}{'.' * (BAR - done)}] {share:4.0%}", nl=share >= 1, err=True)


def _wrong(error: BadFile) -> click.exceptions.Exit:
    for fault in error.faults:
        click.echo(fault, err=True)
    return click.exceptions.Exit(WRONG_INPUT)
