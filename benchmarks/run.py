#!/usr/bin/env python3
"""Time of compiled models relative to PyTorch eager.

    python benchmarks/run.py [--models linear_gelu bert resnet50] [--dynamic]

Each model is traced, saved, compiled from its file and checked against eager;
then eager, `torch.jit` and MiniTorch take turns in this one process, on one
thread. Medians.
"""
import argparse
import json
import os
import platform
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, "examples"))
import bert  # noqa: E402
import harness  # noqa: E402
import linear_gelu  # noqa: E402
import mobilenet_v2  # noqa: E402
import resnet50  # noqa: E402

# Example, and the positional arguments of its `example_inputs`.
MODELS = {
    "linear_gelu": (linear_gelu, (128,), "128x768x3072"),
    "bert": (bert, (1, 128), "batch 1, seq 128"),
    "resnet50": (resnet50, (1, 224), "1x3x224x224"),
    "mobilenet_v2": (mobilenet_v2, (1, 224), "1x3x224x224"),
}


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            for line in info:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def measure(name, options):
    example, shape, label = MODELS[name]
    model = example.build()
    inputs = example.example_inputs(model, *shape)
    form = example.forms(model, inputs)[options.form]
    compiled, seconds = harness.compile_file(
        form, inputs, "all" if options.dynamic else None)
    _, relative = harness.difference(compiled(*inputs), model(*inputs))
    eager, jit, ours = harness.interleave(
        [lambda: model(*inputs), lambda: form(*inputs),
         lambda: compiled(*inputs)], options.repetitions, seconds=120)
    return {"model": name, "inputs": label, "max_rel": relative,
            "compile_s": seconds, "eager_ms": eager * 1e3, "jit_ms": jit * 1e3,
            "minitorch_ms": ours * 1e3, "vs_eager": eager / ours,
            "vs_jit": jit / ours}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", choices=sorted(MODELS),
                        default=["linear_gelu", "bert", "resnet50"])
    parser.add_argument("--form", choices=["script", "trace"], default="trace")
    parser.add_argument("--dynamic", action="store_true",
                        help="compile with every dimension unknown")
    parser.add_argument("--repetitions", type=int, default=30)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", help="write the figures to this file, too")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    shapes = "every dimension unknown" if options.dynamic else "static shapes"
    print(f"{processor()}; PyTorch {torch.__version__}; {options.threads} "
          f"thread(s); {options.form}; {shapes}; medians of up to "
          f"{options.repetitions}")
    print(f"{'model':<14}{'inputs':<18}{'max rel':>9}{'compile s':>11}"
          f"{'eager ms':>10}{'jit ms':>10}{'minitorch ms':>14}{'vs eager':>10}"
          f"{'vs jit':>8}")
    rows = []
    good = True
    with torch.inference_mode():
        for name in options.models:
            row = measure(name, options)
            rows.append(row)
            good = good and row["max_rel"] <= harness.TOLERANCE
            print(f"{name:<14}{row['inputs']:<18}{row['max_rel']:>9.1e}"
                  f"{row['compile_s']:>11.2f}{row['eager_ms']:>10.2f}"
                  f"{row['jit_ms']:>10.2f}{row['minitorch_ms']:>14.2f}"
                  f"{row['vs_eager']:>9.2f}x{row['vs_jit']:>7.2f}x",
                  flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(rows, out, indent=2)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
