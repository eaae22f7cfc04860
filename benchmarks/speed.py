"""All figures about speed that the project promises, one after the other, in about ten minutes.

    python -m benchmarks.speed [--short]

For a quiet machine: prints the load before each part. `--short` makes smaller runs, to try it out.
"""

import argparse
import os
import subprocess
import sys
import time

PARTS = (
    ("orders", ("--seconds", "4", "--repeats", "3"), ("--seconds", "1", "--repeats", "1")),
    ("reading", ("--seconds", "3", "--repeats", "2"), ("--seconds", "1", "--repeats", "1")),
    ("growth", ("--history", "1000000"), ("--history", "20000", "--rounds", "10")),
    ("statements", ("--paying", "100", "--repeats", "1"), ("--lines", "500", "--repeats", "1")),
    ("totals", ("--repeats", "7"), ("--orders", "20000", "--days", "4", "--repeats", "3")),
)


def main() -> None:
    """Run every part; fail with the first that fails."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--short", action="store_true", help="small runs")
    short = options.parse_args().short
    for name, usual, small in PARTS:
        print(f"== {name}, load {os.getloadavg()[0]:.1f}", flush=True)
        began = time.monotonic()
        arguments = small if short else usual
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=True)
        print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
