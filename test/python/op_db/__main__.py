"""Measures coverage of PyTorch's operator database and writes the report.

    cd test/python && ../../.venv/bin/python -m op_db [NAME...]

Without names every entry is measured, in parallel, each entry and dtype in a
process of its own. Cells are kept in a file as they end (--cells): run the same
command again to go on where it stopped. Names may be shell patterns. With
--types, inferred types are compared with those of PyTorch's meta device instead
of results, which is quicker by far (inference.py).
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import sys
import time

import torch

from . import calls, inference, measure, report

HERE = os.path.dirname(os.path.abspath(__file__))


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="op_db", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="entries, as name.variant; patterns are allowed")
    parser.add_argument("--dtypes", metavar="D,D", default=",".join(
        str(d).rpartition(".")[2] for d in calls.DTYPES),
        help="dtypes to measure (default: %(default)s)")
    parser.add_argument("--samples", type=int, default=6,
                        help="most samples of an entry and dtype, evenly "
                        "spaced over the database's (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=60,
                        help="limit of one sample (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="processes side by side (default: %(default)s)")
    parser.add_argument("--cells", metavar="FILE",
                        help="cells already measured; new ones are added")
    parser.add_argument("--parameters", action="store_true",
                        help="numbers, strings and lists are parameters of the "
                        "functions, not constants (their own --cells; never "
                        "for the report)")
    parser.add_argument("--types", action="store_true",
                        help="compare types instead of results")
    parser.add_argument("--report", metavar="FILE",
                        help="write the table to FILE (COVERAGE.md; "
                        "INFERENCE.md with --types)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    dtypes = [getattr(torch, name) for name in options.dtypes.split(",")]
    patterns = options.names or ["*"]
    names = [name for name in sorted(calls.ENTRIES)
             if any(fnmatch.fnmatchcase(name, p) for p in patterns)]
    if not names:
        sys.exit(f"op_db: no entry matches {' '.join(patterns)}")
    comparison, write = (
        (inference.TYPES, inference.write) if options.types
        else (measure.RESULTS, report.write))
    cells = {}
    if options.cells and os.path.exists(options.cells):
        with open(options.cells, encoding="utf-8") as kept:
            for line in kept:
                cell = measure.Cell(**json.loads(line))
                cells[cell.entry, cell.dtype] = cell
    wanted = [(name, dtype) for name in names for dtype in dtypes
              if dtype in calls.ENTRIES[name].supported_dtypes("cpu")]
    todo = [(name, dtype) for name, dtype in wanted
            if (name, str(dtype).rpartition(".")[2]) not in cells]
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        futures = [pool.submit(measure.measure, name, dtype, options.samples,
                               options.seconds, options.parameters,
                               comparison)
                   for name, dtype in todo]
        for done, future in enumerate(
                concurrent.futures.as_completed(futures), 1):
            cell = future.result()
            cells[cell.entry, cell.dtype] = cell
            if options.cells:
                with open(options.cells, "a", encoding="utf-8") as kept:
                    kept.write(cell.to_json() + "\n")
            if options.names:
                print(report.line(cell, comparison.good), flush=True)
            if done % 20 == 0 or done == len(todo):
                print(f"{done} of {len(todo)}, "
                      f"{time.monotonic() - start:.0f} s",
                      file=sys.stderr, flush=True)
    shown = [cells[name, str(dtype).rpartition(".")[2]]
             for name, dtype in wanted]
    print(report.summary(shown, comparison))
    if options.report:
        write(options.report, shown, options.samples)
    bad = [c for c in shown
           if set(c.outcome.values()) & {"wrong", "disagree", "crash"}]
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
