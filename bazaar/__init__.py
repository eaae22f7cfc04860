"""Pasar Virtual: a live-selling bazaar that a district runs for its small businesses."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]


def create_app() -> "Flask":
    """Build the application from the environment, as `bazaar.app.create_app` does.

    Loads it only now: whoever needs a rule, as a draft computed aside does, loads no web.
    """
    from bazaar import app  # noqa: PLC0415

    return app.create_app()
