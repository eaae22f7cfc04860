"""Commands: `flask --app bazaar …`."""

import os
import signal
import sys
import threading

import click
import flask_migrate
import sqlalchemy as sa
from flask import Flask, current_app, url_for

from bazaar import inspection, rotation_commands, scheduler, serving, times
from bazaar.accounts import members
from bazaar.audit import Actor
from bazaar.db import db, snapshot, transaction
from bazaar.errors import BazaarError
from bazaar.live_process import live
from bazaar.models import Role
from bazaar.settings import Mode
from bazaar.web import services

AT_THE_KEYBOARD = Actor("operator", "Operator server")


def register(app: Flask) -> None:
    """Add our commands to the application."""
    rotation = rotation_commands.rotation
    for command in (make_demo, serve, clock, live, invite_committee, audit, rotation):
        app.cli.add_command(command)


@click.command("serve")
def serve() -> None:
    """Migrate, refresh the demo in demo mode, serve at BAZAAR_PUBLIC_URL with the clock inside."""
    settings = services().settings
    flask_migrate.upgrade()
    if settings.mode is Mode.DEMO:
        _refresh_demo(reset=False)
    else:
        click.echo(f"The bazaar: {settings.public_url}  The committee: {settings.public_url}/masuk")
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    db.session.remove()
    db.engine.dispose()  # connections must not cross the fork
    try:
        serving.serve(app, settings.public_url)
    except serving.AddressTaken as error:
        raise click.ClickException(f"{error}. Choose another one: make run PORT=8001") from None


@click.command("clock")
def clock() -> None:
    """Run the clock in this process until SIGTERM or Ctrl-C ends it.

    May run in several processes, also beside `flask serve`: one of them leads, and when it dies
    another goes on within two seconds.
    """
    told = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: told.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    db.session.remove()
    running = scheduler.start(app)
    click.echo(f"The clock runs: {len(scheduler.JOBS)} jobs, {len(scheduler.ERRANDS)} errands.")
    told.wait()
    if not running.stop():
        # Somebody outside keeps an errand waiting. It is as if we had been killed: tried again.
        click.echo("The clock stops; work that would not end is taken up again later.")
        sys.stdout.flush()
        os._exit(0)


@click.command("demo")
@click.option("--reset", is_flag=True, help="Throw the demo away and build it anew.")
def make_demo(*, reset: bool) -> None:
    """Build the demo bazaar, or bring it up to the present. Never touches real data."""
    if not sa.inspect(db.engine).get_table_names():
        flask_migrate.upgrade()
    _refresh_demo(reset=reset)


@click.command("invite-committee")
@click.argument("email")
@click.option("--name", required=True, help="How the member is called.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    default=[Role.ADMIN.value],
    show_default=True,
    type=click.Choice([role.value for role in Role]),
    help="What the member is trusted with; may be given several times.",
)
@click.option("--reset-code", is_flag=True, help="Forget the phone too; it is paired anew.")
def invite_committee(email: str, name: str, roles: tuple[str, ...], *, reset_code: bool) -> None:
    """Print a one-time link at which a new member of the committee chooses a password.

    For a member who stands in the list already: a new link, the one before is dead.
    """
    now = times.now()
    try:
        with transaction():
            token = members.invite_or_again(
                email, name, {Role(role) for role in roles}, by=AT_THE_KEYBOARD, now=now
            )
            if reset_code:
                invited = members.get_invited(token, now=now)
                members.reset_second_factor(invited, by=AT_THE_KEYBOARD, now=now)
    except BazaarError as error:
        raise click.ClickException(str(error)) from None
    # With our own address: in production any other host is refused, also this made-up request's.
    with current_app.test_request_context(base_url=services().settings.public_url):
        click.echo(url_for("account.invitation", token=token, _external=True))


@click.command("audit")
def audit() -> None:
    """Work out again what can be worked out: stock, totals, days, turns, parcels.

    Prints every difference and ends with 1; ends with 0 when there is none. Changes nothing.
    """
    with snapshot():
        found = inspection.differences()
    for difference in found:
        click.echo(difference)
    if found:
        raise click.exceptions.Exit(1)
    click.echo(f"sound: {len(inspection.CHECKS)} checks")


def _refresh_demo(*, reset: bool) -> None:
    from bazaar import demo  # noqa: PLC0415 (a real bazaar never loads the demo)

    try:
        with transaction():
            if reset:
                demo.clear()
            lines = demo.refresh(services(), now=times.now())
    except BazaarError as error:
        raise click.ClickException(str(error)) from None
    click.echo("\n".join(lines))
