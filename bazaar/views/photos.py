"""Photos: of products, to be kept by browsers for ever; of complaints and parcels, for few eyes."""

from pathlib import Path

from flask import Response
from flask.typing import ResponseReturnValue

from bazaar import photos
from bazaar.errors import N_, NotFound
from bazaar.models import Parcel, ParcelProblem, PaymentProof
from bazaar.web.services import services

FOR_EVER = "public, max-age=31536000, immutable"


class PhotoGone(NotFound):
    """It was kept as long as photos are kept, then deleted."""

    text = N_("Foto sudah dihapus: masa simpannya habis.")


def show(name: str, size: int) -> ResponseReturnValue:
    answer = _picture(photos.find(name, size, folder()))
    answer.headers["Cache-Control"] = FOR_EVER
    return answer


def of_problem(problem: ParcelProblem) -> Response:
    """Answer with what a buyer sent to a complaint; who may see it, the view has asked already."""
    return _kept(problem, problem_folder())


def of_parcel(parcel: Parcel) -> Response:
    """Answer with the photo of a packed parcel, which may show its label."""
    return _kept(parcel, parcel_folder())


def of_proof(proof: PaymentProof) -> Response:
    """Answer with what a buyer sent to show that money was sent."""
    return _kept(proof, money_folder())


def folder() -> Path:
    return services().settings.instance_path / "photos"


def problem_folder() -> Path:
    """Where pictures lie that only buyer, seller and committee may see."""
    return services().settings.instance_path / photos.PROBLEMS


def parcel_folder() -> Path:
    """Where pictures lie that only seller and committee may see."""
    return services().settings.instance_path / photos.PARCELS


def of_money(name: str | None) -> Response:
    """Answer with what shows that money was given back, paid out, or of a printed QRIS code."""
    return _picture(photos.find_close(name or "", money_folder()))


def money_folder() -> Path:
    """Where pictures about money lie, which only those concerned and the committee may see."""
    return services().settings.instance_path / photos.MONEY


def _kept(row: Parcel | ParcelProblem | PaymentProof, folder: Path) -> Response:
    if row.photo_removed_at:
        raise PhotoGone
    return _picture(photos.find_close(row.photo or "", folder))


def _picture(path: Path) -> Response:
    answer = Response(path.read_bytes(), mimetype="image/webp")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
