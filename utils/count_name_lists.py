#!/usr/bin/env python3
"""Lists the places in C++ that ask for one of several operators by name.

    python utils/count_name_lists.py ROOT

What holds of an operator is asked of its facts (Facts.h), which come from its
schema, PyTorch's tags and AtenFacts.txt. A list of names that says it again goes
out of date. Names by which code for an operator is chosen are let be: in the
folders of lowerings, type rules and formulas, and as many as DISPATCH says of a
file. All others are printed, and make the exit status 1.
"""
import os
import re
import sys

# Tables of code, one entry an operator.
FOLDERS = ("lib/Conversion", "lib/Dialect/Mt/IR/TypeRules",
           "lib/Dialect/Mt/Transforms/Decompose", "lib/Runtime")
# Files with code for single operators: how many conditions on names choose it,
# and what it is.
_TRANSFORMS = "lib/Dialect/Mt/Transforms/"
DISPATCH = {
    _TRANSFORMS + "AssumeExampleSizes.cpp": (1, "what `cov` ends in"),
    _TRANSFORMS + "Functionalize/InPlace.cpp": (2, "what filling becomes"),
    _TRANSFORMS + "Functionalize/Views.cpp": (1, "where a part begins"),
    _TRANSFORMS + "InferTypes/Dicts.cpp": (6, "folds of dicts"),
    _TRANSFORMS + "InferTypes/FoldByTypes.cpp": (11, "folds"),
    _TRANSFORMS + "InferTypes/ListFolds.cpp": (3, "folds of lists"),
    _TRANSFORMS + "InferTypes/Lists.cpp": (8, "folds of lists"),
    _TRANSFORMS + "InlineObjects/Created.cpp": (1, "`is` and sorting of objects"),
    _TRANSFORMS + "InlineObjects/Enums.cpp": (1, "`is` of members"),
    _TRANSFORMS + "InlineObjects/Statistics.cpp": (1, "fold of `is`"),
    _TRANSFORMS + "Splits.cpp": (1, "where a part begins"),
    _TRANSFORMS + "VerifyBackendContract.cpp": (1, "message about `is`"),
    "lib/Dialect/Mt/IR/DtypeErrors.cpp": (1, "names of dtypes"),
    "lib/ExecutionEngine/BoxedValues.cpp": (1, "names of devices"),
    "lib/Model/Layouts.cpp": (2, "names of type rules"),
    "lib/Values/ValueJSON.cpp": (1, "words of the format"),
}
SOURCES = (".cpp", ".h")


def operator_names(root):
    """Every name by which C++ may know an operator."""
    names = set()
    path = os.path.join(root, "include/MiniTorch/Dialect/Mt/IR/AtenSchemas.txt")
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name = line.partition("(")[0]
            if "::" in name:
                base = name.partition(".")[0]
                names |= {name, base}
                names |= {n[len("aten::"):] for n in (name, base)
                          if n.startswith("aten::")}
    return names


WORD = re.compile(r'"((?:aten::|prim::)?\w+(?:\.\w+)?)"')
ARRAY = re.compile(
    r"(?:StringRef|StringLiteral|char \*)\s*\w+\[\]\s*=\s*\{[^}]*\}")


def statements(text):
    """(line, text) of each statement, without comments."""
    text = re.sub(r"//[^\n]*", "", text)
    start = 0
    for match in re.finditer(r"[;{}]\s*\n|\)\s*\{\s*\n", text):
        yield text.count("\n", 0, start) + 1, text[start:match.end()]
        start = match.end()


def names_asked_for(statement, names):
    """The operators that a statement compares with."""
    found = []
    if not re.search(r"[=!]= ?\"|is_contained|\.Cases?\(|StringSet|"
                     r"(starts|ends)_with\(|\.contains\(|\bis\(", statement):
        return found
    for match in WORD.finditer(statement):
        if match.group(1) in names:
            before = statement[:match.start()]
            opened = before.rstrip()
            if re.search(r"(==|!=|starts_with\(|ends_with\(|contains\()$",
                         opened) or re.search(
                             r"(is_contained|Cases?|StringSet<>|\bis)"
                             r"\s*\(?\s*\{?[^;]*$", before):
                found.append(match.group(1))
    return found


def lists(root):
    names = operator_names(root)
    for folder, _, files in sorted(os.walk(root)):
        relative = os.path.relpath(folder, root)
        if not relative.startswith(("lib", "include", "tools")) or \
                relative.startswith(FOLDERS):
            continue
        for file in sorted(files):
            if not file.endswith(SOURCES):
                continue
            path = os.path.join(folder, file)
            with open(path, encoding="utf-8") as source:
                text = source.read()
            for array in ARRAY.finditer(text):
                found = [w for w in WORD.findall(array.group()) if w in names]
                if len(found) > 1:
                    yield (os.path.join(relative, file),
                           text.count("\n", 0, array.start()) + 1, found)
            for line, statement in statements(text):
                found = names_asked_for(statement, names)
                if len(found) > 1:
                    lead = len(statement) - len(statement.lstrip())
                    line += statement[:lead].count("\n")
                    yield os.path.join(relative, file), line, found


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    found = {}
    for path, line, names in lists(root):
        found.setdefault(path, []).append(f"{path}:{line}: {' '.join(names)}")
    left = 0
    for path, lines in found.items():
        expected, _ = DISPATCH.get(path, (0, ""))
        if len(lines) != expected:
            left += max(1, len(lines) - expected)
            print("\n".join(lines))
    print(f"{left} lists of operators' names that state a fact")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
