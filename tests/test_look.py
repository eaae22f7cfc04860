"""Promises of the design system: small, readable, tied to its inputs, and clean under the strict CSP."""

import gzip
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from wtforms import Form, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of WTForms 3.2
from wtforms.validators import InputRequired, Optional

ROOT = Path(__file__).resolve().parent.parent

KB = 1024
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAIRS = (
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "sunk"),
    ("muted", "paper"),
    ("muted", "card"),
    ("muted", "sunk"),
    ("indigo", "paper"),
    ("indigo", "card"),
    ("indigo-ink", "indigo-soft"),
    ("needs-ink", "needs-soft"),
    ("needs-ink", "card"),
    ("done-ink", "done-soft"),
    ("live-ink", "live-soft"),
    ("ink", "needs-soft"),
    ("ink", "done-soft"),
    ("ink", "live-soft"),
)


class Delivery(Form):
    """One field of each shape."""

    buyer_name = StringField("Nama penerima", [InputRequired("Nama wajib diisi.")])
    note = StringField("Catatan", [Optional()])
    province = SelectField("Provinsi", choices=[SelectChoice("35", "Jawa Timur")])
    service = RadioField("Pengiriman", choices=[SelectChoice("reg"), SelectChoice("pickup")])


@pytest.fixture(scope="module")
def render() -> Callable[..., str]:
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]

    def rendered(source: str, **context: object) -> str:
        page = env.from_string('{% from "_macros/forms.html" import field, stepper %}' + source)
        return page.render(**context)

    return rendered


@pytest.mark.parametrize(
    ("folder", "most"),
    [
        ("css", 10 * KB),
        ("js", 6 * KB),
        ("css/plan", 6 * KB),
        ("js/plan", 8 * KB),
        ("css/parcels", 6 * KB),
        ("js/parcels", 8 * KB),
        ("css/overlay", 4 * KB),
        ("js/overlay", 4 * KB),
        ("css/control", 6 * KB),
        ("css/live", 2 * KB),
        ("js/live", 4 * KB),
        ("js/control", 4 * KB),
    ],
)
def test_our_own_files_stay_small(folder, most):
    files = sorted(path for path in (ROOT / "static" / folder).glob("*.*") if path.is_file())
    together = b"".join(path.read_bytes() for path in files)

    assert len(gzip.compress(together, 9)) <= most


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_hold_nothing_inline(path: Path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)

    assert not re.search(r"<[^>]*\s(style|on[a-z]+)\s*=", text), (
        "put it into static/css or static/js"
    )
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "scripts are modules in static/js"
    assert not re.search(r"(src|href)=\"(https?:)?//", text), "nothing comes from other hosts"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_icon_is_drawn(path: Path):
    drawn = set(
        re.findall(
            r"^  '([a-z]+)': '<", (ROOT / "templates/_macros/icon.html").read_text(), re.MULTILINE
        )
    )
    used = set(re.findall(r"\bicon\('([a-z_]+)'|icon_name='([a-z_]+)'", path.read_text()))

    assert {name for pair in used for name in pair if name} <= drawn


@pytest.mark.parametrize(
    ("theme", "text", "ground"),
    [(theme, *pair) for theme, pair in product(("light", "dark"), PAIRS)],
)
def test_text_can_be_read(theme, text, ground):
    colours = _colours(theme)

    assert _contrast(colours[text], colours[ground]) >= 4.5


def test_a_plain_field_keeps_what_was_typed_and_ties_its_message(render):
    page = render(
        "{{ field('phone', 'Telepon', value='<0812', errors={'phone': 'Terlalu pendek.'}, help='WA') }}"
    )

    assert 'value="&lt;0812"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="phone-help phone-error"' in page
    assert re.search(r'id="phone-error">.*Terlalu pendek\.', page, re.DOTALL)
    assert 'id="phone-help">WA' in page


def test_a_wtforms_field_ties_its_message_too(render):
    form = Delivery()
    form.validate()
    page = render(
        "{{ field(form.buyer_name, autocomplete='name') }}{{ field(form.note) }}", form=form
    )

    assert 'aria-describedby="buyer_name-error"' in page
    assert "Nama wajib diisi." in page
    assert 'autocomplete="name"' in page
    assert page.count("(boleh kosong)") == 1


def test_choices_are_named_as_a_group(render):
    page = render("{{ field(form.service) }}{{ field(form.province) }}", form=Delivery())

    assert re.search(r"<fieldset.*<legend.*Pengiriman", page, re.DOTALL)
    assert page.count('type="radio"') == 2
    assert re.search(r'<select[^>]*class="form-select"', page)


def test_a_stepper_is_a_number_input_without_script(render):
    page = render("{{ stepper('quantity', 2, min=1, max=5) }}")

    assert re.search(r'<input type="number"[^>]*name="quantity" value="2" min="1" max="5"', page)
    assert page.count("hidden>") == 2


def _colours(theme: str) -> dict[str, str]:
    css = (ROOT / "static/css/10-theme.css").read_text()
    found: dict[str, str] = {}
    for name in ("light", theme):  # the dark theme changes what it must of the light one
        block = css.split(f'[data-bs-theme="{name}"] {{', 1)[1].split("\n}", 1)[0]
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))
    return found


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
