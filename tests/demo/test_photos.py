import csv
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from bazaar import photos as store
from bazaar.demo.photos import KINDS, draw, kind_of
from bazaar.demo.photos import colours as c
from bazaar.demo.photos.kinds import BY_CLUSTER, OTHERWISE, WORDS
from bazaar.demo.photos.labels import choose, label_words
from bazaar.demo.photos.motifs import DYES, MOTIFS, tile
from bazaar.demo.photos.pen import Pen, box, outline
from bazaar.demo.photos.scenes import LOOKS
from bazaar.rules.clusters import CLUSTERS

ROOT = Path(__file__).parents[2]
BY_WORD = {kind: words.split("|")[0].strip() for words, kinds in WORDS for kind in kinds}


def products():
    folder = ROOT / "bazaar" / "demo" / "edition"
    with (folder / "penjual.csv").open(encoding="utf-8", newline="") as file:
        clusters = {row["kode"]: row["klaster"] for row in csv.DictReader(file)}
    with (folder / "produk.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["nama_produk"], clusters[row["kode_penjual"]], row["kode_produk"])
            for row in csv.DictReader(file)
        ]


def fingerprint(picture):
    return hashlib.sha256(picture.tobytes()).hexdigest()


def a_name_for(kind):
    """Return a product's name and cluster that are drawn as this kind, and the seed."""
    name, cluster = BY_WORD.get(kind, "x"), ""
    if kind not in BY_WORD:
        cluster = next((name for name, kinds in BY_CLUSTER.items() if kind in kinds), "")
    seed = next(seed for seed in range(99) if kind_of(name, cluster, seed=seed) == kind)
    return name, cluster, seed


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_and_its_files_are_small(kind, tmp_path):
    name, cluster, seed = a_name_for(kind)

    picture = draw(name, cluster, seed=seed)

    assert (picture.mode, picture.size) == ("RGB", (640, 640))
    assert len(picture.getcolors(640 * 640) or ()) > 200
    stored = store.write(picture, tmp_path)
    assert store.find(stored, 640, tmp_path).stat().st_size <= 25_000
    assert store.find(stored, 320, tmp_path).stat().st_size <= 8_000


@pytest.mark.parametrize(("name", "cluster", "code"), products()[::9], ids=lambda part: part)
def test_the_demos_products_keep_to_the_limits(name, cluster, code, tmp_path):
    stored = store.write(draw(name, cluster, seed=code), tmp_path)

    assert store.find(stored, 640, tmp_path).stat().st_size <= 25_000
    assert store.find(stored, 320, tmp_path).stat().st_size <= 8_000


def test_every_product_of_the_demo_has_a_picture_of_its_own_kind():
    drawn = {kind_of(name, cluster, seed=code) for name, cluster, code in products()}

    assert len(drawn) >= 60
    assert drawn.isdisjoint(OTHERWISE)


def test_words_and_clusters_reach_every_kind():
    assert {*BY_WORD, *(k for kinds in BY_CLUSTER.values() for k in kinds), *OTHERWISE} == {*KINDS}
    assert set(BY_CLUSTER) == {cluster.name for cluster in CLUSTERS}


@pytest.mark.parametrize(("words", "kinds"), WORDS, ids=[words for words, _ in WORDS])
def test_no_row_of_words_is_hidden_by_one_above(words, kinds):
    for word in words.split("|"):
        assert kind_of(word.strip(), "", seed=1) in kinds


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Undangan kertas daur ulang isi 50", "stationery"),
        ("Layang-layang kain burung", "kite"),
        ("Tas rajut bahu", "tote"),
        ("Beras kencur botol 350 ml", "jamu"),
        ("Taplak meja batik", "table cloth"),
        ("Roti sobek tape", "bread"),
    ],
)
def test_names_with_words_of_two_kinds_get_the_right_one(name, kind):
    assert kind_of(name, "", seed=1) == kind


def test_what_nobody_foresaw_is_drawn_by_its_cluster_or_as_a_gift():
    assert kind_of("Barang unik", "Kopi & Kakao", seed=1) == "coffee"
    assert kind_of("Barang unik", "Klaster baru", seed=1) == "gift"


def test_the_same_product_is_the_same_picture_in_every_process():
    program = (
        "import hashlib; from bazaar.demo.photos import draw; "
        "print(hashlib.sha256(draw('Batik tulis kakao', 'Batik', seed='J-1').tobytes()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert other.stdout.strip() == fingerprint(draw("Batik tulis kakao", "Batik", seed="J-1"))


def test_another_seed_is_another_picture():
    drawn = {fingerprint(draw("Keripik pisang", "Pangan", seed=seed)) for seed in range(4)}

    assert len(drawn) == 4


@pytest.mark.parametrize("size", [64, 320, 640])
def test_any_size_can_be_asked_for(size):
    assert draw("Kopi", "Kopi & Kakao", seed=1, size=size).size == (size, size)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Suwar-suwir asli isi 30", ["SUWAR-SUWIR", "ASLI"]),
        ("Kopi robusta Silo bubuk 200 g", ["KOPI", "ROBUSTA SILO"]),
        ("Cokelat hitam 70% batang", ["COKELAT", "HITAM"]),
        ("250 g", ["JEMBER"]),
    ],
)
def test_labels_hold_the_name_without_sizes(name, lines):
    assert label_words(name) == lines


@pytest.mark.parametrize("motif", MOTIFS)
def test_tiles_join_without_a_seam(motif):
    cloth = tile(motif, DYES[0], 120)
    double = Image.new("RGB", (240, 240))
    for x in (0, 120):
        for y in (0, 120):
            double.paste(cloth, (x, y))

    def step(across):
        one, other = (double.crop((x, 0, x + 1, 240)).tobytes() for x in (across - 1, across))
        return sum(abs(a - b) for a, b in zip(one, other, strict=True))

    usual = sorted(step(across) for across in range(1, 120))
    assert step(120) <= usual[-1] * 1.1


def test_what_is_drawn_in_a_clip_stays_inside():
    pen = Pen(100, c.WHITE)
    with pen.clip(box(0, 0, 500, 1000)):
        pen.box(-500, -500, 1500, 1500, c.CHILI)
        with pen.clip(box(0, 0, 1000, 500)):
            pen.box(0, 0, 1000, 1000, c.LEAF)

    assert pen.image.getpixel((20, 80)) == c.CHILI
    assert pen.image.getpixel((20, 20)) == c.LEAF
    assert pen.image.getpixel((80, 20)) == c.WHITE


def test_the_pen_turns_scales_and_mirrors_around_its_place():
    pen = Pen(100, c.WHITE)
    with pen.at(500, 500, 90, 2):
        pen.box(100, -50, 200, 50, c.CHILI)
    with pen.at(500, 500, mirror=True):
        pen.box(100, -50, 200, 50, c.LEAF)

    assert pen.image.getpixel((50, 80)) == c.CHILI
    assert pen.image.getpixel((35, 50)) == c.LEAF
    assert pen.image.getpixel((65, 50)) == c.WHITE


def test_paths_end_where_they_say():
    assert outline("M0 0 L10 0 Q20 0 20 10 C20 20 10 30 0 30 Z")[-1] == (0, 30)


def test_chosen_colours_stand_out_from_the_scene():
    look = LOOKS["indigo"]

    for seed in range(20):
        assert choose(Random(seed), look, (look.wall, look.sun, c.CREAM)) == c.CREAM
