"""Compiles PyTorch's own module samples and compares.

    python -m module_db [--entries Linear LSTM ...] [--output results.json]

Every entry of `torch.testing._internal.common_modules.module_db`, float32 on
CPU, is scripted in train and in eval mode and compiled with static and with
dynamic sizes; there is no fallback. The last lines count what came out.
"""
import argparse
import collections
import json
import sys
import warnings

import torch
from torch.testing._internal.common_modules import module_db

from . import measure


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", nargs="+", metavar="NAME",
                        help="only these, as in nn.Linear")
    parser.add_argument("--output", help="write each sample's outcome as JSON")
    parser.add_argument("--failures", action="store_true",
                        help="list what neither agreed nor is no TorchScript")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)

    entries = [e for e in module_db
               if not options.entries or measure.name_of(e) in options.entries]
    rows = []
    for number, entry in enumerate(entries, 1):
        new = list(measure.run(entry))
        rows += new
        kinds = collections.Counter(row["outcome"] for row in new)
        print(f"[{number}/{len(entries)}] {measure.name_of(entry)}: "
              + (", ".join(f"{n} {k}" for k, n in sorted(kinds.items()))
                 or "no samples"), flush=True)
        if options.failures:
            for row in new:
                if row["outcome"] not in ("ok", "not scriptable"):
                    print("   ", row["mode"], row["sizes"], row["sample"],
                          row["outcome"], row["text"], flush=True)
    kinds = collections.Counter(row["outcome"] for row in rows)
    print(f"{len(rows)} runs: " + ", ".join(
        f"{n} {k}" for k, n in sorted(kinds.items())))
    if options.output:
        with open(options.output, "w", encoding="utf-8") as out:
            json.dump(rows, out, indent=1)
    return 1 if kinds["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
