"""Real processes on the test's database: gunicorn with two workers, and the clock. And their end."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.house import SECRET, House

WORKERS = 2
PATIENCE_S = 60
PRELOADED = "import bazaar.app  # so that a new worker stands in a moment\n"
CLOCK = ("-m", "flask", "--app", "bazaar", "clock")


class Processes:
    """Web workers and the clock of a house; `kill_worker` and `kill_clock` are kill -9."""

    def __init__(
        self, house: House, folder: Path, application: str = "bazaar.app:create_app()"
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._environment = os.environ | {
            "BAZAAR_MODE": "development",
            "BAZAAR_SECRET_KEY": SECRET,
            "BAZAAR_DATABASE_URL": house.database.url,
            "BAZAAR_INSTANCE_PATH": str(folder / "instance"),
            "BAZAAR_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "BAZAAR_LOG_LEVEL": "ERROR",
        }
        self.log = folder / "processes.log"
        hooks = folder / "gunicorn.conf.py"
        hooks.write_text(PRELOADED)
        self._web = self._start(
            *("-m", "gunicorn", "--workers", str(WORKERS), "--worker-class", "gthread"),
            *("--threads", "8", "--bind", f"127.0.0.1:{self.port}", "--log-level", "critical"),
            *("--timeout", "60", "--no-control-socket", "--config", str(hooks), application),
        )
        self._clock = self._start(*CLOCK)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], env=self._environment, stdout=log, stderr=log
            )

    def workers(self) -> list[int]:
        pid = self._web.pid
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]

    def kill(self, worker: int) -> None:
        os.kill(worker, signal.SIGKILL)

    def kill_clock(self) -> None:
        """End the clock; another takes over, as a service manager would have it."""
        self._clock.kill()
        self._clock.wait()
        self._clock = self._start(*CLOCK)

    def is_up(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def wait(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.is_up():
                return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text()[-2_000:])

    def stop(self) -> None:
        for process in (self._web, self._clock):
            process.terminate()
        for process in (self._web, self._clock):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
