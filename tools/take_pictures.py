"""Take the pictures of README.md from a running demo.

    make run                                   # in one terminal
    .venv/bin/python -m tools.take_pictures --seller /u/… --order /o/…    # in another

Needs Chromium and the tools of `make test`. Writes WebP files to docs/pictures.
"""

import argparse
import io
import re
from pathlib import Path

import pyotp
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bazaar.accounts.demo import PASSWORD, TEAM, TOTP_SECRET
from tests import chromium

FOLDER = Path("docs/pictures")
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2}
LAPTOP = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1}
QUALITY = 82
SETTLED_MS = 1_500


def main() -> None:
    """Take every picture."""
    options = argparse.ArgumentParser(description="Take the pictures of README.md.")
    options.add_argument("--url", default="http://127.0.0.1:8000")
    options.add_argument(
        "--seller", required=True, help="path of the link of a seller on air: /u/…"
    )
    options.add_argument("--order", required=True, help="path of an unpaid order: /o/…")
    asked = options.parse_args()
    program = chromium.find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = _open(browser, asked.url, PHONE)
        for name, path in (
            ("home", "/"),
            ("product", _first_product(page)),
            ("order", asked.order),
            ("seller", asked.seller),
            ("packing", f"{asked.seller}/kemas"),
            ("availability", f"{asked.seller}/hadir"),
            ("backstage", f"{asked.seller}/siaran"),
            ("live", "/live/1"),
            ("fairness", "/keadilan"),
        ):
            _take(page, path, name)
        desk = _open(browser, asked.url, LAPTOP)
        _sign_in(desk)
        for name, path in (
            ("day", "/panitia"),
            ("plan", "/panitia/jadwal"),
            ("board", "/panitia/jadwal/papan"),
            ("money", "/panitia/uang"),
            ("control", "/panitia/siaran/1"),
        ):
            _take(desk, path, name)
        browser.close()


def _open(browser: Browser, url: str, screen: dict[str, object]) -> Page:
    here = {"base_url": url, "locale": "id-ID", "timezone_id": "Asia/Jakarta"}
    return browser.new_context(**here, **screen).new_page()  # type: ignore[arg-type]


def _first_product(page: Page) -> str:
    page.goto("/")
    found = re.search(r"/b/[A-Z0-9]+", page.content())
    return found.group() if found else "/lapak"


def _take(page: Page, path: str, name: str) -> None:
    page.goto(path)
    page.wait_for_timeout(SETTLED_MS)  # pages that follow the show are never done loading
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


def _sign_in(page: Page) -> None:
    page.goto("/masuk")
    page.locator("input[type=email]").fill(TEAM[0][0])
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Lanjut").click()
    page.locator("input[autocomplete=one-time-code]").fill(pyotp.TOTP(TOTP_SECRET).now())
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url("**/panitia")


if __name__ == "__main__":
    main()
