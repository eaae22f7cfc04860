"""`python -m bazaar.rules.rotation INSTANCE -o PLAN`: the planner alone, without the bazaar.

What computes a draft aside runs this: it loads nothing but the rules. Ends with 2 and the faults
on the error output when the instance is wrong; then PLAN is as it was.
"""

import argparse
import sys
from pathlib import Path

from bazaar.rules.rotation import files
from bazaar.rules.rotation.format import BadFile
from bazaar.rules.rotation.solving import ITERATIONS, solve_file


def main(words: list[str]) -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bazaar.rules.rotation", description=__doc__)
    parser.add_argument("instance", type=Path, metavar="INSTANCE")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PLAN")
    parser.add_argument("--seed", default="0", help="any text; decides between equals")
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    parser.add_argument("--rebuild", action="store_true", help="plan anew what is not frozen")
    parser.add_argument(
        "--progress", action="store_true", help='print "progress 0.42" now and then'
    )
    asked = parser.parse_args(words)
    try:
        plan = solve_file(
            files.read(asked.instance),
            asked.seed,
            iterations=asked.iterations,
            rebuild=asked.rebuild,
            progress=_tell if asked.progress else None,
        )
        files.write(asked.output, plan)
    except BadFile as error:
        sys.stderr.write("\n".join([*error.faults, ""]))
        return 2
    return 0


def _tell(share: float) -> None:
    sys.stdout.write(f"progress {share:.2f}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
