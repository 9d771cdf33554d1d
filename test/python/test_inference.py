"""Inferred types agree with PyTorch's meta device where INFERENCE.md says so: a
fixed sample of its cells. `MINITORCH_OP_DB_SHARE=1` takes all of them.
"""
import os
import zlib

import pytest
import torch

from op_db import calls, inference, measure, report

INFERENCE = os.path.join(os.path.dirname(__file__), "op_db", "INFERENCE.md")
SHARE = int(os.environ.get("MINITORCH_OP_DB_SHARE", "200"))


def cells():
    differ = report.read_reasons(INFERENCE)
    every = [(entry, str(dtype).rpartition(".")[2], form)
             for entry, op in sorted(calls.ENTRIES.items())
             for dtype in calls.DTYPES if dtype in op.supported_dtypes("cpu")
             for form in measure.FORMS]
    return [cell for cell in every if cell not in differ
            and zlib.crc32(" ".join(cell).encode()) % SHARE == 0]


@pytest.mark.parametrize("entry,dtype,form", cells())
def test_types(entry, dtype, form):
    pytest.importorskip("minitorch", exc_type=ModuleNotFoundError,
                        reason="the minitorch package is not built")
    outcomes = set()
    for index, call in calls.calls(entry, getattr(torch, dtype), limit=2):
        if not isinstance(call, calls.NotScriptable):
            outcome, reason = inference.check(call, form, None)
            # In the boxed form types are not inferred.
            if outcome == "refused" and "takes tensors that are objects" in reason:
                continue
            assert outcome in ("agree", "no meta"), f"sample {index}: {reason}"
            outcomes.add(outcome)
    if "agree" not in outcomes:
        pytest.skip("PyTorch's meta device or TorchScript takes no sample")


@pytest.mark.parametrize("form", measure.FORMS)
def test_report(form):
    """99 of 100 cells agree; none is a crash."""
    with open(INFERENCE, encoding="utf-8") as text:
        rows = [[column.strip() for column in row.strip("|\n").split("|")]
                for row in text if row.startswith("| ")]
    counts = [dict(zip(rows[0], row)) for row in rows[1:] if row[1] == form]
    total = {outcome: sum(int(count[outcome]) for count in counts)
             for outcome in ("entries", *inference.TYPES.outcomes)}
    assert len(counts) == len(calls.DTYPES)
    assert not total["crash"]
    assert total["agree"] >= 0.99 * (total["entries"] - total["no meta"])
