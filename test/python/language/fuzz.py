"""Runs many random programs and groups what is found by kind.

    python language/fuzz.py --programs tensor --seeds 1000:21000 --jobs 2

Exits with 1 if any program crashed, hung or did not agree with PyTorch. What is
refused is counted by reason. A finding's seeds are run alone by --seeds
17,2040 -v, which prints the program and both outcomes.
"""
import argparse
import collections
import json
import os
import re
import select
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: Programs that a worker runs before another takes over: what PyTorch compiles
#: is never freed.
TURNS = 1000
#: Seconds for one program.
LIMIT = 60


def checks(folder):
    """By name: what checks the program of a seed, which raises or skips."""
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    import test_mutation
    import test_random_object_programs
    import test_random_programs
    import test_random_tensor_programs
    return {
        "language": lambda seed: test_random_programs.test_random(seed, folder),
        "objects": lambda seed: test_random_object_programs.test_random(
            seed, folder),
        "tensor": test_random_tensor_programs.test_random,
        "straight": lambda seed: test_mutation.test_straight_line(
            seed, False, folder),
        "straight-dynamic": lambda seed: test_mutation.test_straight_line(
            seed, True, folder),
        "flow": lambda seed: test_mutation.test_control_flow(seed, folder)}


NAMES = ["language", "objects", "tensor", "straight", "straight-dynamic", "flow"]


def general(text):
    """Without what differs from program to program."""
    text = re.sub(r"0x[0-9a-f]+", "0x", text.strip())
    text = re.sub(r"<program \d+>|[^ ]*/program\.py", "program", text)
    text = re.sub(r"'\^?[a-z]+\d+(\.\d+)?'|%\w+", "'v'", text)
    return re.sub(r"-?\d+(\.\d+)?", "N", text)[:300]


def run_one(check, seed):
    """(status, kind, details) of the program of a seed."""
    import pytest
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(seed)
    except pytest.skip.Exception as skipped:
        return "skipped", general(str(skipped)), ""
    except AssertionError as error:
        kind = getattr(error, "kind", None)
        if kind is None:
            frames = [frame for frame in traceback.extract_tb(
                error.__traceback__) if "/test/" in frame.filename]
            kind = frames[-1].line
        return "wrong", general(kind), str(error)
    except Exception as error:  # noqa: BLE001
        first = (str(error).strip().splitlines() or [""])[0]
        return ("error", general(f"{type(error).__name__}: {first}"),
                traceback.format_exc())
    return "agree", "", ""


def work(name, seeds, out):
    """In a process of its own: a line of JSON before and after each seed."""
    import torch
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, os.fdopen(out, "w") as file:
        check = checks(Path(folder))[name]
        for seed in seeds:
            print(json.dumps([seed]), file=file, flush=True)
            result = run_one(check, seed)
            print(json.dumps([seed, *result]), file=file, flush=True)


class Worker:
    """A process that runs the programs of some seeds."""

    def __init__(self, name, seeds):
        self.name, self.left = name, list(seeds)
        self.start()

    def start(self):
        read, write = os.pipe()
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--programs", self.name, "--worker",
             str(write), "--seeds", ",".join(map(str, self.left))],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=self.errors)
        os.close(write)
        self.pipe, self.buffer = read, b""
        self.running, self.since = None, time.monotonic()

    def read(self):
        """Results that came, and whether the worker goes on."""
        found = []
        data = os.read(self.pipe, 1 << 16)
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            seed, *result = json.loads(line)
            self.since = time.monotonic()
            self.running = None if result else seed
            if result:
                self.left.remove(seed)
                found.append((seed, *result))
        if data:
            return found, True
        self.process.wait()
        return found + self.lost("crash"), self.restart()

    def lost(self, status):
        """What became of the program that did not end."""
        if not self.left:
            return []
        seed = self.left[0] if self.running is None else self.running
        self.left.remove(seed)
        self.errors.seek(0)
        text = self.errors.read().decode(errors="replace")[-4000:]
        kind = f"exit status {self.process.returncode}"
        told = re.findall(r".*(?:Assertion|terminate|what\(\)|Error).*", text)
        return [(seed, status, general(" ".join([kind, *told[-1:]])), text)]

    def restart(self):
        os.close(self.pipe)
        self.errors.close()
        if self.left:
            self.start()
        return bool(self.left)

    def check_time(self):
        """Results, and whether the worker goes on."""
        # The first program waits for imports.
        if time.monotonic() - self.since < LIMIT:
            return [], True
        self.process.kill()
        self.process.wait()
        return self.lost("hang"), self.restart()


def run(name, seeds, jobs, report):
    """Calls `report` with (seed, status, kind, details) of every seed."""
    parts = [seeds[i:i + TURNS] for i in range(0, len(seeds), TURNS)]
    workers = []
    while parts or workers:
        while parts and len(workers) < jobs:
            workers.append(Worker(name, parts.pop(0)))
        ready, _, _ = select.select([w.pipe for w in workers], [], [], 1)
        for worker in list(workers):
            found, goes_on = (worker.read() if worker.pipe in ready
                              else worker.check_time())
            for each in found:
                report(*each)
            if not goes_on:
                workers.remove(worker)


def parse_seeds(text):
    """"3,5:8" as [3, 5, 6, 7]."""
    seeds = []
    for part in text.split(","):
        first, _, end = part.partition(":")
        seeds += range(int(first), int(end) if end else int(first) + 1)
    return seeds


def summarize(name, found, seconds):
    counts = collections.Counter(status for _, status, _, _ in found)
    print(f"{name}: {len(found)} programs in {seconds:.0f} s: "
          + ", ".join(f"{counts[s]} {s}" for s in STATUSES if counts[s]))
    kinds = collections.defaultdict(list)
    for seed, status, kind, _ in found:
        if status != "agree":
            kinds[STATUSES.index(status), kind].append(seed)
    for (rank, kind), seeds in sorted(
            kinds.items(), key=lambda item: (item[0][0], -len(item[1]))):
        some = " ".join(map(str, sorted(seeds)[:8]))
        print(f"  {STATUSES[rank]:8}{len(seeds):6}  {kind}\n"
              f"                  seeds {some}{' ...' * (len(seeds) > 8)}")


#: The worst first.
STATUSES = ["crash", "hang", "wrong", "error", "skipped", "agree"]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--programs", action="append", choices=NAMES,
                        help="which generator; may be given several times "
                        "(default: all)")
    parser.add_argument("--seeds", type=parse_seeds, default=range(100),
                        help="such as 0:20000 or 3,17,40:50 (default: 0:100)")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--log", type=Path,
                        help="a file to append each finding to, as it comes: "
                        "one line of JSON [programs, seed, status, kind, "
                        "details]")
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="print the details of what is wrong")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.programs or NAMES
    seeds = list(options.seeds)
    if options.worker is not None:
        return work(names[0], seeds, options.worker)
    bad = 0
    for name in names:
        found, start = [], time.monotonic()

        def report(*result):
            found.append(result)
            status = result[1]
            if options.log and status != "agree":
                with options.log.open("a") as file:
                    print(json.dumps([name, *result]), file=file)
            if options.verbose and status not in ("agree", "skipped"):
                print(f"{name} {result[0]}: {status}: {result[2]}\n"
                      f"{result[3]}", flush=True)

        run(name, seeds, options.jobs, report)
        summarize(name, found, time.monotonic() - start)
        bad += sum(result[1] not in ("agree", "skipped") for result in found)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
