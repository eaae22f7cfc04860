"""Files of the open format on a disk, for the commands."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bazaar.rules.rotation.format import BadFile, canonical


def read(path: Path) -> Mapping[str, Any]:
    """Return the JSON object in a file. Raises BadFile when there is none."""
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise BadFile([f"{path}: {error.strerror}"]) from None
    except ValueError as error:
        raise BadFile([f"{path}: not JSON: {error}"]) from None
    except RecursionError:
        raise BadFile([f"{path}: not JSON we can read: too deep"]) from None
    if not isinstance(value, Mapping):
        raise BadFile([f"{path}: must hold an object with keys"])
    return value


def write(path: Path, value: Mapping[str, Any]) -> None:
    """Write the canonical bytes, all or nothing. Raises BadFile when that cannot be."""
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_bytes(canonical(value))
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise BadFile([f"{path}: {error.strerror}"]) from None
