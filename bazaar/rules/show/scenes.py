"""Which scene of the evening a channel's picture is in: what viewers see beside the video."""

import enum

from bazaar.rules.show.standing import Phase, Standing


class Scene(enum.Enum):
    """What the picture tells."""

    OPENING = "opening"
    """The first turn of the day is still to come."""
    NOW = "now"
    NEXT = "next"
    """Between two turns."""
    BREAK = "break"
    """Held by the control room, or a closed time such as Maghrib."""
    CLOSING = "closing"
    """The day's last turn is over."""
    IDLE = "idle"
    """Nothing on this channel today."""


def scene_of(standing: Standing, *, closed: bool) -> Scene:
    """Return the scene; `closed`: a closed time of the programme runs.

    A hold beats what is on, what is on beats a closed time that it runs into, and after the last
    turn of the day it is over, whatever time is closed then.
    """
    if standing.phase is Phase.HELD:
        return Scene.BREAK
    if standing.on_air is not None:
        return Scene.NOW
    began = any(line.began_at is not None for line in standing.lines)
    if standing.next is None or standing.phase is Phase.CLOSED:
        return Scene.CLOSING if began or standing.phase is Phase.CLOSED else Scene.IDLE
    if closed:
        return Scene.BREAK
    return Scene.NEXT if began else Scene.OPENING
