"""Where places lie, roughly: enough to reckon prayer times to a minute or two.

Province capitals, and the regencies this bazaar comes from; degrees north and east, rounded to
hundredths by hand from maps. Across a large province the sun differs by minutes, so the committee
can put its own coordinates over these.
"""

from typing import Final, NamedTuple

LATITUDES: Final = (-11.5, 6.5)
LONGITUDES: Final = (94.5, 141.5)
"""What Indonesia spans."""


class Spot(NamedTuple):
    """A place and its coordinates in degrees north and east."""

    name: str
    latitude: float
    longitude: float


_SPOTS: Final = {
    "11": Spot("Banda Aceh", 5.55, 95.32),
    "12": Spot("Medan", 3.59, 98.67),
    "13": Spot("Padang", -0.95, 100.35),
    "14": Spot("Pekanbaru", 0.51, 101.45),
    "15": Spot("Jambi", -1.61, 103.61),
    "16": Spot("Palembang", -2.98, 104.76),
    "17": Spot("Bengkulu", -3.79, 102.26),
    "18": Spot("Bandar Lampung", -5.43, 105.26),
    "19": Spot("Pangkalpinang", -2.13, 106.11),
    "21": Spot("Tanjungpinang", 0.92, 104.45),
    "31": Spot("Jakarta", -6.18, 106.83),
    "32": Spot("Bandung", -6.91, 107.61),
    "33": Spot("Semarang", -6.97, 110.42),
    "34": Spot("Yogyakarta", -7.80, 110.37),
    "35": Spot("Surabaya", -7.25, 112.75),
    "36": Spot("Serang", -6.12, 106.15),
    "51": Spot("Denpasar", -8.65, 115.22),
    "52": Spot("Mataram", -8.58, 116.12),
    "53": Spot("Kupang", -10.18, 123.61),
    "61": Spot("Pontianak", -0.03, 109.33),
    "62": Spot("Palangka Raya", -2.21, 113.92),
    "63": Spot("Banjarbaru", -3.44, 114.83),
    "64": Spot("Samarinda", -0.50, 117.15),
    "65": Spot("Tanjung Selor", 2.84, 117.37),
    "71": Spot("Manado", 1.49, 124.84),
    "72": Spot("Palu", -0.90, 119.87),
    "73": Spot("Makassar", -5.14, 119.43),
    "74": Spot("Kendari", -3.97, 122.51),
    "75": Spot("Gorontalo", 0.54, 123.06),
    "76": Spot("Mamuju", -2.68, 118.89),
    "81": Spot("Ambon", -3.70, 128.18),
    "82": Spot("Sofifi", 0.73, 127.56),
    "91": Spot("Jayapura", -2.53, 140.72),
    "92": Spot("Manokwari", -0.86, 134.06),
    "93": Spot("Merauke", -8.49, 140.40),
    "94": Spot("Nabire", -3.37, 135.50),
    "95": Spot("Wamena", -4.10, 138.94),
    "96": Spot("Sorong", -0.88, 131.26),
    "35.06": Spot("Kabupaten Kediri", -7.82, 112.06),
    "35.09": Spot("Jember", -8.17, 113.70),
    "35.17": Spot("Jombang", -7.55, 112.23),
    "35.71": Spot("Kota Kediri", -7.82, 112.01),
}


def spot_of(regency_code: str) -> Spot:
    """Return the regency's own spot, or its province's capital (Jakarta for a code nobody has)."""
    province = _SPOTS.get(regency_code[:2], _SPOTS["31"])
    return _SPOTS.get(regency_code, province)
