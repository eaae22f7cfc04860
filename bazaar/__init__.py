"""Pasar Virtual: a live-selling bazaar that a district runs for its small businesses."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app", "create_live_app"]


def create_app() -> "Flask":
    """Build the application from the environment, as `bazaar.app.create_app` does.

    Loads it only now: whoever needs a rule, as a draft computed aside does, loads no web. For
    `flask --app bazaar rotation …` it is a bare application with these commands only, because
    anybody shall be able to verify a draw, without settings and without a database.
    """
    if _asked_for_files_only():
        return _with_rotation_commands_only()
    from bazaar import app  # noqa: PLC0415

    return app.create_app()


def create_live_app() -> "Flask":
    """Build the application of the process that serves streams, from the environment."""
    from bazaar import app  # noqa: PLC0415

    return app.create_live_app()


def _asked_for_files_only() -> bool:
    import click  # noqa: PLC0415

    return click.get_current_context(silent=True) is not None and "rotation" in sys.argv[1:]


def _with_rotation_commands_only() -> "Flask":
    from flask import Flask  # noqa: PLC0415

    from bazaar.rotation_commands import rotation  # noqa: PLC0415

    bare = Flask(__name__)
    bare.cli.add_command(rotation)
    return bare
