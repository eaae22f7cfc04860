"""Photos: of products, to be kept by browsers for ever; of complaints and parcels, for few eyes."""

from pathlib import Path

from flask import Response
from flask.typing import ResponseReturnValue

from bazaar import photos
from bazaar.web.services import services

FOR_EVER = "public, max-age=31536000, immutable"


def show(name: str, size: int) -> ResponseReturnValue:
    answer = _picture(photos.find(name, size, folder()))
    answer.headers["Cache-Control"] = FOR_EVER
    return answer


def of_problem(name: str | None) -> Response:
    """Answer with what a buyer sent to a complaint; who may see it, the view has asked already."""
    return _picture(photos.find(name or "", photos.SIZES[-1], problem_folder()))


def of_parcel(name: str | None) -> Response:
    """Answer with the photo of a packed parcel, which may show its label."""
    return _picture(photos.find(name or "", photos.SIZES[-1], parcel_folder()))


def folder() -> Path:
    return services().settings.instance_path / "photos"


def problem_folder() -> Path:
    """Where pictures lie that only buyer, seller and committee may see."""
    return services().settings.instance_path / "problem-photos"


def parcel_folder() -> Path:
    """Where pictures lie that only seller and committee may see."""
    return services().settings.instance_path / "parcel-photos"


def of_money(name: str | None) -> Response:
    """Answer with what shows that money was sent or given back."""
    return _picture(photos.find(name or "", photos.SIZES[-1], money_folder()))


def money_folder() -> Path:
    """Where pictures about money lie, which only those concerned and the committee may see."""
    return services().settings.instance_path / "money-photos"


def _picture(path: Path) -> Response:
    answer = Response(path.read_bytes(), mimetype="image/webp")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
