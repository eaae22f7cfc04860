"""The 13 clusters and how lists name them."""

import pytest

from bazaar.rules.clusters import CLUSTERS, closest, find_cluster


def test_there_are_thirteen_with_names_and_codes_of_their_own():
    assert len({cluster.code for cluster in CLUSTERS}) == 13
    assert len({cluster.name for cluster in CLUSTERS}) == 13


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Batik", "batik"),
        ("KOPI DAN KAKAO", "kopi-kakao"),
        ("kopi&kakao", "kopi-kakao"),
        ("rajut-bordir", "rajut-bordir"),
        (" Jamu  Herbal ", "jamu-herbal"),
    ],
)
def test_a_cluster_is_found_by_what_people_write(text, code):
    found = find_cluster(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", "Otomotif", "dan"])
def test_others_are_none(text):
    assert find_cluster(text) is None


def test_a_slip_of_the_pen_is_recognised():
    names = [cluster.name for cluster in CLUSTERS]

    assert closest("Panganan", names) == "Pangan"
    assert closest("Otomotif", names) is None
