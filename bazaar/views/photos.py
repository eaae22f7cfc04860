"""Photos of products, to be kept by browsers for ever."""

from pathlib import Path

from flask import Response
from flask.typing import ResponseReturnValue

from bazaar import photos
from bazaar.web.services import services

FOR_EVER = "public, max-age=31536000, immutable"


def show(name: str, size: int) -> ResponseReturnValue:
    answer = Response(photos.find(name, size, folder()).read_bytes(), mimetype="image/webp")
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def folder() -> Path:
    return services().settings.instance_path / "photos"
