"""Words for what stands and what was done in the control room."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from bazaar.rules.show.acts import Act, ActKind
from bazaar.rules.show.standing import Line, Phase, State

PHASES = {
    Phase.IDLE: _l("Menunggu"),
    Phase.RUNNING: _l("Siaran"),
    Phase.WARNING: _l("Hampir habis"),
    Phase.DANGER: _l("Segera tutup"),
    Phase.OVERTIME: _l("Lewat waktu"),
    Phase.HELD: _l("Ditahan"),
    Phase.CLOSED: _l("Siaran ditutup"),
}
STATES = {
    State.COMING: _l("menunggu"),
    State.ON_AIR: _l("siaran"),
    State.DONE: _l("selesai"),
    State.NO_SHOW: _l("tidak hadir"),
    State.SKIPPED: _l("dilewati"),
    State.FELL_OFF: _l("tidak kebagian"),
}
HOLD_REASONS = (
    _l("Sambungan putus"),
    _l("Suara atau gambar bermasalah"),
    _l("Azan"),
    _l("Jeda sebentar"),
)
"""What one holds for; anything else can be typed."""

DONE = {
    ActKind.START: _l("memulai sebuah giliran"),
    ActKind.END: _l("mengakhiri giliran"),
    ActKind.ADD: _l("mengubah waktu giliran"),
    ActKind.HOLD: _l("menahan siaran"),
    ActKind.RESUME: _l("melanjutkan siaran"),
    ActKind.SKIP: _l("melewati sebuah giliran"),
    ActKind.NO_SHOW: _l("mencatat yang tidak hadir"),
    ActKind.DELAY: _l("menunda giliran berikutnya"),
    ActKind.BY_HOST: _l("memindahkan giliran ke tangan panitia"),
    ActKind.BY_CLOCK: _l("mengembalikan giliran ke jam"),
    ActKind.GUARD: _l("menyalakan penjagaan ruang"),
    ActKind.UNGUARD: _l("mematikan penjagaan ruang"),
    ActKind.EXTEND: _l("memperpanjang siaran"),
    ActKind.CLOSE: _l("menutup siaran"),
    ActKind.PIN: _l("menyematkan produk"),
    ActKind.UNPIN: _l("melepas sematan"),
    ActKind.NOTE: _l("mengirim pesan ke penjual"),
    ActKind.UNDO: _l("mengurungkan tindakan"),
}
"""What somebody did, without its particulars: after a name, in a refusal."""


def minutes(length: timedelta) -> int:
    """Return a length in whole minutes, half of one rounded up."""
    return int((length.total_seconds() + 30) // 60)


def signed(length: timedelta) -> str:
    """Write how far something lies behind the plan: `+4 menit`, `tepat waktu`."""
    count = minutes(length)
    if count == 0:
        return _("tepat waktu")
    words = ngettext("%(num)s menit", "%(num)s menit", abs(count))
    return f"{'+' if count > 0 else '−'}{words}"


def added(seconds: int) -> str:
    """Write time given or taken: `+5 menit`, `−30 detik`."""
    sign = "+" if seconds > 0 else "−"
    if seconds % 60 == 0:
        return sign + ngettext("%(num)s menit", "%(num)s menit", abs(seconds) // 60)
    return sign + ngettext("%(num)s detik", "%(num)s detik", abs(seconds))


def told(act: Act, lines: Mapping[str, Line], names: Callable[[int | None], str]) -> str:
    """Tell an act with its particulars. `names` gives a seller's name by its row."""
    line = lines.get(act.turn or "")
    name = names(line.turn.seller) if line else ""
    filled = names(act.seller)
    said = {
        ActKind.START: lambda: _("%(name)s mulai", name=filled or name),
        ActKind.END: lambda: _("%(name)s selesai", name=name) if name else _("Giliran selesai"),
        ActKind.ADD: lambda: added(act.seconds),
        ActKind.HOLD: lambda: _("Siaran ditahan"),
        ActKind.RESUME: lambda: _("Siaran dilanjutkan"),
        ActKind.SKIP: lambda: _("%(name)s dilewati", name=name),
        ActKind.NO_SHOW: lambda: (
            _("%(name)s tidak hadir, diisi %(fill)s", name=name, fill=filled)
            if filled
            else _("%(name)s tidak hadir, layar pengisi", name=name)
        ),
        ActKind.DELAY: lambda: _("Giliran berikutnya ditunda %(n)s", n=added(act.seconds)[1:]),
        ActKind.BY_HOST: lambda: _("Giliran dimulai oleh panitia"),
        ActKind.BY_CLOCK: lambda: _("Giliran mengikuti jam"),
        ActKind.GUARD: lambda: _("Hanya yang ada di ruang yang dimulai"),
        ActKind.UNGUARD: lambda: _("Penjagaan ruang dimatikan"),
        ActKind.EXTEND: lambda: _("Siaran diperpanjang %(n)s", n=added(act.seconds)[1:]),
        ActKind.CLOSE: lambda: _("Siaran ditutup"),
        ActKind.PIN: lambda: _("Produk disematkan"),
        ActKind.UNPIN: lambda: _("Sematan dilepas"),
        ActKind.NOTE: lambda: _("Pesan ke %(name)s", name=name) if name else _("Pesan ke penjual"),
        ActKind.UNDO: lambda: _("Tindakan diurungkan"),
    }[act.kind]()
    return f"{said}: {act.text}" if act.text else said
