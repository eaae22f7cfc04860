"""The clusters: the 13 trades by which the committee groups its sellers.

A seller's row keeps the Indonesian name, which is also what the catalogue translates.
"""

import difflib
import unicodedata
from typing import Final, NamedTuple

from bazaar.errors import N_


class Cluster(NamedTuple):
    """One trade. `code` is for addresses and files, `name` for people and for a seller's row."""

    code: str
    name: str


CLUSTERS: Final = (
    Cluster("pangan", N_("Pangan")),
    Cluster("minuman", N_("Minuman")),
    Cluster("kopi-kakao", N_("Kopi & Kakao")),
    Cluster("jamu-herbal", N_("Jamu & Herbal")),
    Cluster("pertanian", N_("Pertanian")),
    Cluster("perikanan", N_("Perikanan")),
    Cluster("batik", N_("Batik")),
    Cluster("fesyen", N_("Fesyen")),
    Cluster("rajut-bordir", N_("Rajut & Bordir")),
    Cluster("kriya", N_("Kriya")),
    Cluster("perawatan-diri", N_("Perawatan Diri")),
    Cluster("mainan-edukasi", N_("Mainan & Edukasi")),
    Cluster("jasa-kreatif", N_("Jasa Kreatif")),
)


def find_cluster(text: str) -> Cluster | None:
    """Return the cluster of this name or code, or None. Case, spaces and `&` or `dan` are free."""
    return _BY_KEY.get(_key(text))


def closest(text: str, names: list[str]) -> str | None:
    """Return the one of `names` that `text` is a likely slip of the pen for, or None."""
    by_key = {_key(name): name for name in names}
    found = difflib.get_close_matches(_key(text), list(by_key), n=1, cutoff=0.75)
    return by_key[found[0]] if found else None


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold().replace("&", " dan ")
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return "".join(word for word in words if word != "dan")


_BY_KEY = {_key(text): cluster for cluster in CLUSTERS for text in cluster}
