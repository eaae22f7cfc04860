"""The zone of a place in Indonesia."""

import pytest

from bazaar import times
from bazaar.regions import provinces
from bazaar.rules.clocks import clock_of


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("35.09.21.1002", "WIB"),
        ("61.71", "WIB"),
        ("62", "WIB"),
        ("63.71", "WITA"),
        ("51.03", "WITA"),
        ("53", "WITA"),
        ("73.71", "WITA"),
        ("81.71", "WIT"),
        ("91.03", "WIT"),
        ("96", "WIT"),
        ("", "WIB"),
        ("9", "WIB"),
        ("JP", "WIB"),
    ],
)
def test_the_zone_of_a_place(code, zone):
    assert times.ZONES[clock_of(code)] == zone


def test_every_province_has_one():
    zones = [times.ZONES[clock_of(province.code)] for province in provinces()]
    assert len(zones) == 38
    assert {zone: zones.count(zone) for zone in set(zones)} == {"WIB": 18, "WITA": 12, "WIT": 8}
