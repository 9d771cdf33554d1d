"""The coverage table: written whole, and read by the tests."""
import collections
import os
import re

from .measure import FORMS, RESULTS

MARKS = {"native": "n", "fallback": "f", "unsupported": "u", "timeout": "t",
         "wrong": "W", "crash": "C", "": "."}


def line(cell, good):
    """One cell for a terminal."""
    text = f"{cell.entry:40} {cell.dtype:10}"
    for form in FORMS:
        text += f" {cell.outcome[form] or 'not scriptable':12}"
    if cell.outcome == {form: good for form in FORMS}:
        return text + f" {cell.samples} samples, {cell.scripted} scripted"
    reasons = dict.fromkeys(r for r in cell.reason.values() if r)
    return text + "\n    " + "\n    ".join(reasons or [cell.note])


def counted(cells, dtype, form):
    counts = collections.Counter(
        c.outcome[form] for c in cells if c.dtype == dtype)
    skipped = counts.pop("", 0)
    return counts, sum(counts.values()), skipped


def summary(cells, comparison=RESULTS):
    """Per dtype and form: how many entries have which outcome."""
    dtypes = list(dict.fromkeys(c.dtype for c in cells))
    outcomes, good = comparison.outcomes, comparison.good
    rows = ["| dtype | form | entries | " + " | ".join(outcomes)
            + f" | {good} % | not scriptable |",
            "|---|---|--:" + "|--:" * (len(outcomes) + 2) + "|"]
    for dtype in sorted(dtypes, key=lambda d: order(d)):
        for form in FORMS:
            counts, total, skipped = counted(cells, dtype, form)
            measured = total - sum(counts[o] for o in comparison.apart)
            share = 100 * counts[good] / measured if measured else 0
            rows.append(
                f"| {dtype} | {form} | {total} | "
                + " | ".join(str(counts[o]) for o in outcomes)
                + f" | {share:.1f} | {skipped} |")
    return "\n".join(rows)


def order(dtype):
    from .calls import DTYPES
    return [str(d).rpartition(".")[2] for d in DTYPES].index(dtype)


HEADER = """\
# Operator coverage

Made by `python -m op_db --report COVERAGE.md` (in `test/python`); not edited by
hand. An entry of PyTorch's `op_db` and a dtype are one cell: up to {samples}
of its sample inputs, evenly spaced, as a scripted function (traced where its
signature cannot be scripted), compiled without fallback with static shapes and
again with every dimension dynamic, run, and compared with PyTorch at PyTorch's
tolerances (an entry's own where it has some). A result outside of them counts
where it is as near to the result in float64 as PyTorch's own, and an index where
it names an element that compares equal to PyTorch's. Random numbers are
those of the same seed; of memory that is not set, shape and dtype are compared.
Entries that end in `_` are the in-place forms. A cell is as
good as its worst sample.

"""


def by_entry_and_dtype(cells):
    by_entry = collections.defaultdict(dict)
    for cell in cells:
        by_entry[cell.entry][cell.dtype] = cell
    return sorted(by_entry.items())


def reasons(cells, comparison=RESULTS):
    """Lines: the reasons of each entry, with the dtypes that share one."""
    fine = (comparison.good, "", *comparison.apart)
    lines = []
    for entry, row in by_entry_and_dtype(cells):
        shared = collections.defaultdict(list)
        for dtype in sorted(row, key=order):
            for form in FORMS:
                outcome = row[dtype].outcome[form]
                if outcome in fine:
                    continue
                reason = row[dtype].reason[form].partition(": ")[2]
                key = outcome, reason.split(" | ")[0].replace("|", "\\|")
                shared[key].append(f"{dtype} {form}")
        lines += [f"- `{entry}` ({', '.join(where)}): {outcome}"
                  + (f": {reason}" if reason else "") + "\n"
                  for (outcome, reason), where in shared.items()]
    return lines


def read_reasons(path):
    """(entry, dtype, form) of every cell that `reasons` wrote to a report."""
    with open(path, encoding="utf-8") as report:
        lines = re.findall(r"^- `(.*?)` \((.*?)\): ", report.read(), re.M)
    return {(entry, *cell.split(" ")) for entry, where in lines
            for cell in where.split(", ")}


def replace(path, lines):
    """Writes a file, whole or not at all."""
    temporary = path + ".new"
    with open(temporary, "w", encoding="utf-8") as out:
        out.writelines(lines)
    os.replace(temporary, path)


def write(path, cells, samples):
    """Writes the report on results."""
    dtypes = sorted({c.dtype for c in cells}, key=order)
    text = [HEADER.format(samples=samples), summary(cells), """

## Cells

The first letter is for static shapes, the second for dynamic ones: `n` native,
`f` fallback, `u` unsupported, `t` over the time limit, `W` wrong, `C` crash,
`.` TorchScript itself takes none of the samples; empty: the entry does not
declare the dtype.

| entry | """ + " | ".join(dtypes) + " |\n|---" + "|---" * len(dtypes) + "|\n"]
    for entry, row in by_entry_and_dtype(cells):
        marks = ["".join(MARKS[row[d].outcome[f]] for f in FORMS)
                 if d in row else "" for d in dtypes]
        text.append(f"| {entry} | " + " | ".join(marks) + " |\n")
    text.append("\n## Reasons\n\nThe first reason of each entry that is not "
                "native everywhere, with the dtypes that share it.\n\n")
    replace(path, text + reasons(cells))


def read_native(path):
    """(entry, dtype, form) of every cell that the report calls native."""
    native = []
    with open(path, encoding="utf-8") as report:
        dtypes = []
        for row in report:
            if row.startswith("## Reasons"):
                break
            columns = [c.strip() for c in row.strip().strip("|").split("|")]
            if columns[0] == "entry":
                dtypes = columns[1:]
            elif dtypes and len(columns) == len(dtypes) + 1:
                for dtype, marks in zip(dtypes, columns[1:]):
                    if set(marks) <= {"n", "u", "f", "t", "W", "C", "."}:
                        native += [(columns[0], dtype, form) for form, mark
                                   in zip(FORMS, marks) if mark == "n"]
    return native
