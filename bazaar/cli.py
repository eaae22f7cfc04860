"""Commands: `flask --app bazaar …`."""

import click
import flask_migrate
from flask import Flask, current_app

from bazaar import demo, serving, times
from bazaar.db import db, transaction
from bazaar.errors import BazaarError
from bazaar.settings import Mode
from bazaar.web import services


def register(app: Flask) -> None:
    """Add our commands to the application."""
    for command in (make_demo, serve):
        app.cli.add_command(command)


@click.command("serve")
def serve() -> None:
    """Migrate, refresh the demo in demo mode, serve at BAZAAR_PUBLIC_URL with the clock inside."""
    settings = services().settings
    flask_migrate.upgrade()
    if settings.mode is Mode.DEMO:
        _refresh_demo(reset=False)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    db.session.remove()
    db.engine.dispose()  # connections must not cross the fork
    try:
        serving.serve(app, settings.public_url)
    except serving.AddressTaken as error:
        raise click.ClickException(f"{error}. Choose another one: make run PORT=8001") from None


@click.command("demo")
@click.option("--reset", is_flag=True, help="Throw the demo away and build it anew.")
def make_demo(*, reset: bool) -> None:
    """Build the demo bazaar, or bring it up to the present. Never touches real data."""
    _refresh_demo(reset=reset)


def _refresh_demo(*, reset: bool) -> None:
    try:
        with transaction():
            if reset:
                demo.clear()
            lines = demo.refresh(services(), now=times.now())
    except BazaarError as error:
        raise click.ClickException(str(error)) from None
    click.echo("\n".join(lines))
