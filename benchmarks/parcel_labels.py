"""One sheet of labels as the server draws it: seconds, memory on top, and every label read back.

    python -m benchmarks.parcel_labels FOLDER CODES LAYOUT PDF

is one run in a process of its own: the sheet of the parcels in the file CODES is asked for, drawn
by the clock's own function and fetched into PDF; what it took is printed as JSON.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import sqlalchemy as sa
import zxingcpp

from bazaar import label_sheets, times
from bazaar.audit import Actor
from bazaar.db import db, reading, transaction
from bazaar.models import LabelSheet, Parcel
from bazaar.rules.label_layouts import Layout
from benchmarks import evening

DPI = 203
SOMEBODY = Actor("committee:1", "Rina")


def measure(folder: Path, codes: Sequence[str], repeats: int) -> None:
    """Print medians for both layouts, and how many of the labels are read at 203 dpi."""
    asked = folder / "codes.json"
    asked.write_text(json.dumps(list(codes)))
    for layout in Layout:
        file = folder / f"{layout.value}.pdf"
        told = [_run(folder, asked, layout, file) for _ in range(repeats)]
        seconds = statistics.median(run["seconds"] for run in told)
        memory = statistics.median(run["memory_mb"] for run in told)
        print(
            f"{len(codes)} labels, {layout.value:8}  {seconds:5.2f} s   "
            f"+{memory:.0f} MB   PDF {file.stat().st_size / 1e6:.1f} MB   "
            f"read back {_read_back(folder, codes, file)}/{len(codes)}"
        )


def _run(folder: Path, asked: Path, layout: Layout, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", __name__, str(folder), str(asked), layout.value, str(file)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return told


def _one_run(folder: Path, codes: Sequence[str], layout: Layout, file: Path) -> None:
    app = evening.open_app(folder)
    with app.app_context():
        with transaction():
            sheet = label_sheets.make(codes, layout, actor=SOMEBODY, now=times.now())
            sheet_id = sheet.id
            assert len(sheet.codes) == len(codes), "the sheet has no room for so many"
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before, began = _memory_mb("VmRSS"), time.perf_counter()
        label_sheets.work()
        seconds = time.perf_counter() - began
        memory = _memory_mb("VmHWM") - before
        with transaction():
            sheet = db.session.get_one(LabelSheet, sheet_id)
            file.write_bytes(label_sheets.fetch(sheet, actor=SOMEBODY, now=times.now()))
    evening.close(app)
    print(json.dumps({"seconds": seconds, "memory_mb": memory}))


def _memory_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def _read_back(folder: Path, codes: Sequence[str], file: Path) -> int:
    """Return how many labels are read whole, bars and QR code, from their black and white dots."""
    app = evening.open_app(folder)
    with app.app_context(), reading():
        rows = db.session.execute(sa.select(Parcel.code, Parcel.resi).where(Parcel.code.in_(codes)))
        wanted = {code: {("Code128", resi or code), ("QRCode", code)} for code, resi in rows}
    evening.close(app)
    found: set[tuple[str, str]] = set()
    document = pypdfium2.PdfDocument(file)
    for page in document:
        picture = page.render(scale=DPI / 72).to_pil().convert("L")
        dots = picture.point(lambda grey: 255 if grey > 127 else 0)
        found |= {(code.format.name, code.text) for code in zxingcpp.read_barcodes(dots)}
        page.close()
    document.close()
    return sum(both <= found for both in wanted.values())


if __name__ == "__main__":
    _one_run(
        Path(sys.argv[1]),
        json.loads(Path(sys.argv[2]).read_text()),
        Layout(sys.argv[3]),
        Path(sys.argv[4]),
    )
