#!/usr/bin/env python3
"""Checks that every IR file below a folder survives printing and parsing.

    python utils/check_roundtrip.py path/to/mt-opt test

Each `.mlir` file is printed, as text and as bytecode; what is printed from
those has to be the same text. Files of errors (`x-invalid.mlir`, `invalid.mlir`) and inputs
that are malformed on purpose (folders named `Inputs`) are left out.
"""
import os
import subprocess
import sys
import tempfile


def files(root):
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if name != "Inputs"]
        for name in sorted(names):
            if name.endswith(".mlir") and not name.endswith("invalid.mlir"):
                yield os.path.join(folder, name)


def parts(path):
    """The modules of a file: bytecode holds one each."""
    with open(path, encoding="utf-8") as source:
        return source.read().split("// -----\n")


class Failure(Exception):
    pass


def run(tool, path, *arguments):
    # Names of values are in their locations, which the text leaves out.
    result = subprocess.run(
        [tool, path, "--allow-unregistered-dialect",
         "--mlir-use-nameloc-as-prefix=false", *arguments],
        capture_output=True, text=True)
    if result.returncode:
        raise Failure(result.stderr.strip().splitlines()[0])
    return result.stdout


def check(tool, part, folder):
    source, printed, encoded = (os.path.join(folder, name) for name in (
        "source.mlir", "printed.mlir", "encoded.mlirbc"))
    with open(source, "w", encoding="utf-8") as out:
        out.write(part)
    text = run(tool, source)
    with open(printed, "w", encoding="utf-8") as out:
        out.write(text)
    if run(tool, printed) != text:
        raise Failure("text changes when printed again")
    run(tool, source, "--emit-bytecode", "-o", encoded)
    if run(tool, encoded) != text:
        raise Failure("text changes through bytecode")


def main():
    tool, root = sys.argv[1:]
    count = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in files(root):
            count += 1
            try:
                for part in parts(path):
                    check(tool, part, folder)
            except Failure as failure:
                failures += 1
                print(f"{path}: {failure}")
    print(f"{count - failures} of {count} files round-trip")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
