"""Pasar Virtual: a live-selling bazaar that a district runs for its small businesses."""

from bazaar.app import create_app

__all__ = ["create_app"]
