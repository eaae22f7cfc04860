import pytest

from bazaar import regions
from bazaar.rules.coordinates import LATITUDES, LONGITUDES, spot_of


@pytest.mark.parametrize("province", regions.provinces(), ids=lambda province: province.name)
def test_every_province_has_a_spot_in_indonesia(province):
    spot = spot_of(f"{province.code}.01")

    assert LATITUDES[0] < spot.latitude < LATITUDES[1]
    assert LONGITUDES[0] < spot.longitude < LONGITUDES[1]
    assert province.code == "31" or spot.name != "Jakarta"


@pytest.mark.parametrize(
    ("code", "name"),
    [("35.09", "Jember"), ("35.17", "Jombang"), ("35.78", "Surabaya"), ("99.99", "Jakarta")],
)
def test_the_nearest_known_spot_is_taken(code, name):
    assert spot_of(code).name == name
