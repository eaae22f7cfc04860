"""The process that serves streams: the same code, with many light connections instead of threads."""

import os
import resource
import sys

import click

from bazaar.web.services import services

GRACE_S = 3
"""So long streams may take to end when the process is told to stop."""


@click.command("live")
def live() -> None:
    """Serve streams at BAZAAR_LIVE_ADDRESS with one gevent worker, until told to stop.

    A proxy sends `/live/…/events` here. Becomes gunicorn, so that it is patched before anything
    of ours is loaded.
    """
    settings = services().settings
    most = settings.live_connections
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= hard < most + 100:
        click.echo(
            f"Only {hard} files may be open here: set BAZAAR_LIVE_CONNECTIONS lower.", err=True
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    click.echo(f"Streams: http://{settings.live_address}/live/…/events, {most} connections.")
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", *gunicorn_line(settings.live_address, most)])  # noqa: S606 (ourselves)


def gunicorn_line(address: str, connections: int) -> list[str]:
    """Return the words of the command that serves streams."""
    return [
        "gunicorn",
        "bazaar:create_live_app()",
        "--worker-class=gevent",
        "--workers=1",
        f"--worker-connections={connections}",
        f"--graceful-timeout={GRACE_S}",
        f"--bind={address}",
        "--log-level=warning",
        "--no-control-socket",
    ]
