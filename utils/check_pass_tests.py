#!/usr/bin/env python3
"""Checks that every pass has a test of its own flag, and one of its refusals.

    python utils/check_pass_tests.py [ROOT]

- The flag of each pass is in the RUN line of a test below test/.
- A pass whose code reports errors has such a test that ends in -invalid.mlir.
  Its code: the file that defines it, and the folder of that name beside it. An
  "internal error" is a defect of the pass, which no program is known to cause.
"""
import os
import re
import sys

DEFINITION = re.compile(r'^def (\w+)\s*:\s*Pass<"([\w-]+)"', re.MULTILINE)
GENERATED = re.compile(r"#define GEN_PASS_DEF_(\w+)")
ERROR = re.compile(r"\bemit(?:Op)?Error\([^;]*;")


def files(root, *endings):
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.join(folder, name)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def passes(root):
    for path in files(os.path.join(root, "include"), "Passes.td"):
        yield from DEFINITION.findall(read(path))


def code(root):
    """By the name of a pass in capitals, the text that implements it."""
    result = {}
    for path in files(os.path.join(root, "lib"), ".cpp"):
        text = read(path)
        for name in GENERATED.findall(text):
            parts = files(os.path.splitext(path)[0], ".cpp")
            result[name] = "".join([text, *map(read, parts)])
    return result


def runs(root):
    """The RUN lines of each test, with those that they go on in."""
    for path in files(os.path.join(root, "test"), ".mlir", ".test"):
        lines = read(path).replace("\\\n", " ").splitlines()
        yield path, "\n".join(line for line in lines if "RUN:" in line)


def problems(root):
    texts = code(root)
    tests = list(runs(root))
    for name, flag in sorted(passes(root)):
        pattern = re.compile(rf"--?{flag}(?![\w-])")
        own = [path for path, run in tests if pattern.search(run)]
        if not own:
            yield f"--{flag} has no test"
        refuses = any("internal error" not in error for error in
                      ERROR.findall(texts.get(name.upper(), "")))
        if refuses and not any(path.endswith("-invalid.mlir") for path in own):
            yield f"--{flag} reports errors, and has no -invalid.mlir"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.curdir
    found = list(problems(root))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
