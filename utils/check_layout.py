#!/usr/bin/env python3
"""Checks that lib/, include/MiniTorch/ and test/ mirror each other.

    python utils/check_layout.py [ROOT]

- A room of lib/ has its headers at the same path: a folder, or one header of
  that name (a folder private to its room has none of its own).
- Each dialect, conversion, code generator and importer has tests of its name.
- Each top folder has a README.md.
"""
import os
import sys

# Folders of lib/ whose subfolders are rooms: lib/Conversion/MtToLinalg, ...
GROUPS = ("Codegen", "Conversion", "Dialect", "Import")
TOP = ("benchmarks", "cmake", "examples", "include", "lib", "python", "scripts",
       "test", "tools", "utils")


def folders(path):
    if not os.path.isdir(path):
        return []
    return sorted(name for name in os.listdir(path)
                  if os.path.isdir(os.path.join(path, name)))


def rooms(lib):
    for name in folders(lib):
        if name in GROUPS:
            yield from (os.path.join(name, room)
                        for room in folders(os.path.join(lib, name)))
        else:
            yield name


def problems(root):
    lib = os.path.join(root, "lib")
    headers = os.path.join(root, "include", "MiniTorch")
    c_headers = os.path.join(root, "include", "MiniTorch-c")
    for room in rooms(lib):
        if not any(os.path.exists(path) for path in (
                os.path.join(headers, room),
                os.path.join(headers, room + ".h"),
                os.path.join(c_headers, room + ".h"))):
            yield f"lib/{room} has no include/MiniTorch/{room}"
        group = room.partition(os.sep)[0]
        if group in GROUPS and not os.path.isdir(
                os.path.join(root, "test", room)):
            yield f"lib/{room} has no test/{room}"
    for group in GROUPS:
        for room in folders(os.path.join(headers, group)):
            if not os.path.isdir(os.path.join(lib, group, room)):
                yield f"include/MiniTorch/{group}/{room} has no lib/{group}/{room}"
        for room in folders(os.path.join(root, "test", group)):
            if not os.path.isdir(os.path.join(lib, group, room)):
                yield f"test/{group}/{room} has no lib/{group}/{room}"
    for name in TOP:
        if not os.path.isfile(os.path.join(root, name, "README.md")):
            yield f"{name}/ has no README.md"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.curdir
    found = list(problems(root))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
