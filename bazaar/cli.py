"""Commands: `flask --app bazaar …`."""

from flask import Flask


def register(app: Flask) -> None:
    """Add our commands to the application."""
