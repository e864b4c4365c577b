"""Give a target the files of its corpus and its traps: ``python -m fuzz.replay TARGET`` in the folder of the tests.

Prints what failed, and last the counts and the most that one input took, as JSON.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import traceback
from functools import partial
from itertools import chain

from .fuzz import CORPUS
from .limits import cost_of
from .targets import TARGETS, attempt, clean_up
from .traps import traps


def main() -> int:
    """Replay one target; the exit status is 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--factor", type=float, default=1.0, help="how many seconds there are for one (%(default)s)")
    parser.add_argument("--corpus-only", action="store_true", help="leave out the traps, which take minutes")
    options = parser.parse_args()
    logging.disable()
    corpus = [(file.name, file.read_bytes()) for file in sorted((CORPUS / options.target).iterdir())]
    known = [] if options.corpus_only else list(traps(options.target))
    call = partial(attempt, TARGETS[options.target])
    call(corpus[0][1])  # what is loaded with the first input is not its own
    failed, longest, most = 0, 0.0, 0.0
    for name, data in chain(corpus, known):
        try:
            cost = cost_of(partial(call, data))
        except Exception:
            failed += 1
            print(f"{name}: {traceback.format_exc(limit=-4)}")
            continue
        longest, most = max(longest, cost.seconds), max(most, cost.megabytes)
        if excess := cost.excess(options.factor):
            failed += 1
            print(f"{name}: {excess}")
    clean_up()
    counts = {"corpus": len(corpus), "traps": len(known), "seconds": round(longest, 2), "megabytes": round(most)}
    print(json.dumps(counts))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
