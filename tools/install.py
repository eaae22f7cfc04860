"""Make the virtual environment .venv and install pinned packages into it: `install.py run|dev`.

With uv when it is on the PATH, else with pip. Called by the Makefile when a list of requirements
has changed; runs on the system's Python, without any package, and leaves a stamp per list.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
LISTS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}
"""The list for development holds everything of the other, with the same versions."""
APT = ("apt-get", "-qq", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30")


def main(purpose: str) -> None:
    uv = shutil.which("uv")
    if not _works():
        _make_environment(uv)
    if _stamp(purpose).exists() and _stamp(purpose).read_text() == _fingerprint(purpose):
        _stamp(purpose).touch()  # only the date of the list had changed
        return
    requirements = ROOT / LISTS[purpose]
    print(f"Installing {requirements.name} with {'uv' if uv else 'pip'} …", flush=True)
    if not (uv and _install_by_uv(uv, requirements)):
        _install_by_pip(requirements)
    for each in LISTS if purpose == "dev" else [purpose]:
        _stamp(each).write_text(_fingerprint(each))


def _stamp(purpose: str) -> Path:
    return VENV / f".installed-{purpose}"


def _fingerprint(purpose: str) -> str:
    return hashlib.sha256((ROOT / LISTS[purpose]).read_bytes()).hexdigest()


def _works() -> bool:
    """Say whether .venv has a Python that is new enough; another machine's or an old one is not."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run([PYTHON, "-c", check], check=False, capture_output=True).returncode == 0
        )
    except OSError:
        return False


def _make_environment(uv: str | None) -> None:
    if uv and _ran(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)):
        return
    if not _has_ensurepip():
        _install_venv()
    if not _ran(sys.executable, "-m", "venv", "--clear", str(VENV)):
        sys.exit(f"{sys.executable} cannot make a virtual environment in {VENV}.")


def _has_ensurepip() -> bool:
    # Debian and Ubuntu ship it apart, in python3-venv.
    return _ran(sys.executable, "-c", "import ensurepip, venv", quiet=True)


def _install_venv() -> None:
    package = "python{}.{}-venv".format(*sys.version_info)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {package} …", flush=True)
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        _ran(*APT, "update")
        _ran(*APT, "install", "-y", "--no-install-recommends", package)
    if not _has_ensurepip():
        sys.exit(f"This Python has no venv module. Install it: sudo apt-get install {package}")


def _install_by_uv(uv: str, requirements: Path) -> bool:
    # Compiled now, as pip does, so that no start has to do it.
    options = ("--quiet", "--require-hashes", "--compile-bytecode")
    command = (uv, "pip", "install", *options, "--python", str(PYTHON))
    if _ran(*command, "-r", str(requirements)):
        return True
    print("uv did not manage; trying pip …", flush=True)
    return False


def _install_by_pip(requirements: Path) -> None:
    pip = (str(PYTHON), "-m", "pip")
    if not _ran(*pip, "--version", quiet=True):  # uv makes environments without pip
        _ran(str(PYTHON), "-m", "ensurepip")
    options = ("--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes")
    if not _ran(*pip, "install", *options, "-r", str(requirements)):
        sys.exit(f"The packages of {requirements.name} could not be installed; see above.")


def _ran(*command: str, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    return (
        subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        ).returncode
        == 0
    )


if __name__ == "__main__":
    main(sys.argv[1])
