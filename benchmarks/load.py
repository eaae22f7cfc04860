"""A load generator that is not the bottleneck: one loop over sockets that stay open.

Sends what it is given and looks at nothing of an answer but its status and length, which costs
some 50 µs a request.
"""

import multiprocessing
import os
import selectors
import socket
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Figures:
    """What one run measured after its warm-up."""

    seconds: float
    waits_ms: list[float]
    statuses: Counter[int]
    cpu_s: float

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return len(self.waits_ms) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time of the server's processes for an answer."""
        return 1000 * self.cpu_s / max(1, len(self.waits_ms))

    def wait(self, percent: int) -> float:
        """Return so many percent's wait in milliseconds."""
        return statistics.quantiles(self.waits_ms, n=100)[percent - 1]


@dataclass(slots=True)
class _Client:
    socket: socket.socket
    began: float = 0.0
    received: bytes = b""
    needs: int = 0


def run(
    port: int,
    make: Callable[[int], bytes],
    *,
    clients: int,
    seconds: float,
    warm_up: float,
    pids: Sequence[int],
) -> Figures:
    """Send `make(0)`, `make(1)`, … from many clients, each waiting for its answer, and measure.

    In a process of its own. `pids` are the server's processes, whose time is counted.
    """
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(
        target=lambda: theirs.send(_drive(port, make, clients, seconds, warm_up, pids))
    )
    process.start()
    theirs.close()
    figures: Figures = ours.recv()
    process.join()
    return figures


def _drive(
    port: int,
    make: Callable[[int], bytes],
    clients: int,
    seconds: float,
    warm_up: float,
    pids: Sequence[int],
) -> Figures:
    selector = selectors.DefaultSelector()
    number = 0
    waits: list[float] = []
    statuses: Counter[int] = Counter()
    clock = time.perf_counter
    for _ in range(clients):
        client = _Client(socket.create_connection(("127.0.0.1", port)))
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.began = clock()
        client.socket.sendall(make(number))
        number += 1
    began, measuring, cpu = clock(), False, 0.0
    start = began
    while True:
        for key, _ in selector.select(1):
            client = key.data
            status = _receive(client)
            if status is None:
                continue
            now = clock()
            if measuring:
                waits.append((now - client.began) * 1000)
                statuses[status] += 1
            client.began = now
            client.socket.sendall(make(number))
            number += 1
        now = clock()
        if not measuring and now - began >= warm_up:
            measuring, start, cpu = True, now, cpu_of(pids)
        if measuring and now - start >= seconds:
            return Figures(now - start, waits, statuses, cpu_of(pids) - cpu)


def _receive(client: _Client) -> int | None:
    """Take what has come; return the status once the answer is whole."""
    more = client.socket.recv(65536)
    if not more:
        raise SystemExit("the server closed a connection")
    client.received += more
    if not client.needs:
        end = client.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = client.received[:end].lower()
        at = head.find(b"content-length:")
        if at < 0 and head.startswith(b"http/1.1 304"):  # has no body
            client.received = b""
            return 304
        if at < 0:
            raise SystemExit(f"no length in {head!r}")
        client.needs = end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0])
    if len(client.received) < client.needs:
        return None
    status = int(client.received[9:12])
    client.received, client.needs = b"", 0
    return status


def cpu_of(pids: Sequence[int]) -> float:
    """Return the seconds of processor time that these processes have used."""
    total = 0
    for pid in pids:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(parts[11]) + int(parts[12])
    return total / TICKS_PER_S


def request(method: str, path: str, host: str, headers: str = "", body: str = "") -> bytes:
    """Return a request as it goes over the line."""
    sent = body.encode()
    return (
        f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {len(sent)}\r\n\r\n"
    ).encode() + sent
