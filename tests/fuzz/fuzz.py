"""Feed targets with random input: ``tox -e fuzz -- [TARGET ...] --runs N``.

Each target runs in a process of its own under atheris, which keeps what reaches new code and mutates it. The first
input that a target does not come to terms with, or that takes too much, ends it; the input is written to ``findings``.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
#: How much longer instrumented code may take.
_FACTOR = 4.0
#: Memory is looked at after so many inputs.
_INTERVAL = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="all of them without any")
    parser.add_argument("--runs", type=int, default=50_000, help="inputs to each target (%(default)s)")
    parser.add_argument("--seconds", type=int, default=600, help="the most time for each target (%(default)s)")
    parser.add_argument("--max-len", type=int, default=4096, help="the most bytes of an input (%(default)s)")
    parser.add_argument("--work", type=Path, default=Path("build/fuzz"), help="for findings and corpora (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; 0 takes another one each time")
    parser.add_argument("--in-this-process", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_this_process:
        _fuzz(options.targets[0], options)
        return
    names = options.targets or sorted(folder.name for folder in CORPUS.iterdir())
    failed = [name for name in names if not (_replay(name) and _run(name, options))]
    if failed:
        sys.exit(f"findings: {' '.join(failed)}, see {options.work / 'findings'}")


def _replay(name: str) -> bool:
    """Give a target what is known to be hard first. docutils takes seconds for thousands of cells or footnotes."""
    command = [sys.executable, "-m", "fuzz.replay", name, f"--factor={_FACTOR}"]
    return subprocess.run(command, cwd=HERE.parent, check=False).returncode == 0


def _run(name: str, options: argparse.Namespace) -> bool:
    """Fuzz one target in a process of its own, and print a line about it; whether there is no finding."""
    work = options.work.resolve()
    result = work / f"{name}.json"
    result.unlink(missing_ok=True)
    work.mkdir(parents=True, exist_ok=True)
    given = [f"--runs={options.runs}", f"--seconds={options.seconds}", f"--max-len={options.max_len}"]
    command = [sys.executable, __file__, name, "--in-this-process", *given, f"--seed={options.seed}"]
    started = time.monotonic()
    with (work / f"{name}.log").open("wb") as log:
        subprocess.run(
            [*command, f"--work={work}"], stdout=log, stderr=log, timeout=options.seconds + 120, check=False
        )
    took = time.monotonic() - started
    try:
        counts = json.loads(result.read_text())
    except (OSError, ValueError):
        counts = {"runs": 0, "longest": 0, "most": 0, "finding": f"the process ended, see {work / name}.log"}
    rate = counts["runs"] / took
    line = f"{name:15} {counts['runs']:9,} inputs {rate:7.0f}/s  {counts['longest']:5.2f} s {counts['most']:4.0f} MB"
    print(f"{line}  {counts['finding'] or 'nothing found'}", flush=True)
    return not counts["finding"]


def _fuzz(name: str, options: argparse.Namespace) -> None:
    import atheris

    logging.disable()
    with atheris.instrument_imports(include=["sphinxext.digest"]):
        sys.path.insert(0, str(HERE))
        import limits
        import targets
        import words

    work: Path = options.work
    kept, findings = work / "corpus" / name, work / "findings" / name
    for folder in (kept, findings):
        folder.mkdir(parents=True, exist_ok=True)
    dictionary = work / f"{name}.dict"
    dictionary.write_text(words.as_dictionary(words.words_of(name)))
    observed = _Observed(targets.TARGETS[name], options, work / f"{name}.json", findings)
    arguments = [
        *(name, str(kept), str(CORPUS / name), f"-max_len={options.max_len}"),
        *([f"-dict={dictionary}"] if dictionary.stat().st_size else []),
        *("-timeout=20", "-rss_limit_mb=2000", f"-artifact_prefix={findings}/", f"-seed={options.seed}"),
        *("-len_control=20", "-reload=0"),
    ]
    atheris.Setup(arguments, observed.one)
    atheris.Fuzz()
    limits.peak()


class _Observed:
    """A target that is counted and measured, and ends the process when it has done enough or something is found."""

    def __init__(self, target, options, result: Path, findings: Path) -> None:  # type: ignore[no-untyped-def]
        import limits
        import targets

        self.limits, self.targets = limits, targets
        self.target, self.options, self.result, self.findings = target, options, result, findings
        self.runs, self.longest = 0, 0.0
        self.started = time.monotonic()
        self.base = 0.0

    def one(self, data: bytes) -> None:
        begin = time.process_time()
        try:
            self.targets.attempt(self.target, data)
        except BaseException as error:
            self._end(f"{type(error).__name__}: {str(error)[:200]}", data)
            raise
        seconds = time.process_time() - begin
        # what is loaded with the first input is not its own
        if self.runs:
            self.longest = max(self.longest, seconds)
            if seconds > self.limits.SECONDS * _FACTOR:
                self._end(f"{seconds:.2f} s of processor time", data)
                raise SystemExit(1)
        self.runs += 1
        if self.runs == 1:
            self.base = self.limits.peak()
        if self.runs % _INTERVAL == 0 and self.limits.peak() - self.base > self.limits.MEGABYTES:
            self._end(f"{self.limits.peak() - self.base:.0f} MB more than at the start", data)
            raise SystemExit(1)
        if self.runs >= self.options.runs or time.monotonic() - self.started > self.options.seconds:
            self._end("", None)
            self.targets.clean_up()
            sys.stdout.flush()
            import os

            os._exit(0)

    def _end(self, finding: str, data: bytes | None) -> None:
        counts = {"runs": self.runs, "longest": self.longest, "most": self.limits.peak(), "finding": finding}
        self.result.write_text(json.dumps(counts))
        if data is not None:
            from hashlib import sha256

            (self.findings / sha256(data).hexdigest()[:12]).write_bytes(data)


if __name__ == "__main__":
    main()
