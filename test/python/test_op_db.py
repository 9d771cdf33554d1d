"""What COVERAGE.md says is native stays native: a fixed sample of its cells.

`MINITORCH_OP_DB_SHARE=1` takes all of them; the default takes one in forty.
"""
import os
import zlib

import pytest
import torch

from op_db import calls, measure, report

COVERAGE = os.path.join(os.path.dirname(__file__), "op_db", "COVERAGE.md")
SHARE = int(os.environ.get("MINITORCH_OP_DB_SHARE", "40"))


def cells():
    """A sample that does not change when other cells do."""
    return [(entry, dtype, form)
            for entry, dtype, form in report.read_native(COVERAGE)
            if zlib.crc32(f"{entry} {dtype} {form}".encode()) % SHARE == 0]


@pytest.mark.parametrize("entry,dtype,form", cells())
def test_native_cell(entry, dtype, form):
    pytest.importorskip("minitorch", exc_type=ModuleNotFoundError,
                        reason="the minitorch package is not built")
    torch_dtype = getattr(torch, dtype)
    checked = 0
    for index, call in calls.calls(entry, torch_dtype, limit=2):
        if isinstance(call, calls.NotScriptable):
            continue
        outcome, reason = measure.check(
            call, form, calls.tolerances(entry, torch_dtype))
        assert outcome == "native", f"sample {index}: {reason}"
        checked += 1
    if not checked:
        pytest.skip("no sample that TorchScript takes")


def test_report_has_no_wrong_cell():
    """Unsupported is a gap; wrong is a defect."""
    with open(COVERAGE, encoding="utf-8") as text:
        table = text.read().partition("## Reasons")[0].partition("## Cells")[2]
    rows = [row for row in table.splitlines()[6:] if row.startswith("| ")]
    assert len(rows) > 500
    wrong = [row.split("|")[1].strip() for row in rows
             if "W" in row.split("|", 2)[2] or "C" in row.split("|", 2)[2]]
    assert not wrong
