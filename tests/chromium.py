"""Find Chromium; `python -m tests.chromium` (part of `make test`) installs it when root may."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
HINT = "apt-get install chromium, or .venv/bin/playwright install --with-deps chromium"
MISSING = f"NO BROWSER: Chromium is not installed ({HINT})"
PATIENCE_S = 600

APT = ("apt-get", "-qq", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30")
WAYS = (
    # Debian's own; what Ubuntu calls chromium is a snap, which containers cannot run.
    ((*APT, "update"), (*APT, "install", "-y", "--no-install-recommends", "chromium")),
    ((sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"),),
)


def find() -> str | None:
    """Return the path of a Chromium that starts: $CHROMIUM, the system's, or Playwright's."""
    kept = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "~/.cache/ms-playwright")).expanduser()
    known = [os.environ.get("CHROMIUM"), *map(shutil.which, PROGRAMS)]
    known += [str(path) for path in sorted(kept.glob("chromium-*/chrome-linux*/chrome"))]
    return next((program for program in known if program and _starts(program)), None)


def install() -> None:
    """Install Chromium unless it is there or we may not; say what was done."""
    if find() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Chromium for the browser tests (about half a minute, once) …", flush=True)
    for way in WAYS:
        faults = [fault for command in way if (fault := _fault(command))]
        if find():
            return
        print(f"{' '.join(way[-1])} did not help:", *faults, sep="\n")


def _starts(program: str) -> bool:
    try:
        subprocess.run([program, "--version"], check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _fault(command: tuple[str, ...]) -> str:
    """Run a command; return what it complained of, "" if it went well."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            stdin=subprocess.DEVNULL,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr[-2000:] if done.returncode else ""


if __name__ == "__main__":
    install()
    if not find():
        print(MISSING, file=sys.stderr)
