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


@pytest.mark.parametrize("entry", [
    "nn.functional.huber_loss", "nn.functional.smooth_l1_loss",
    "nn.functional.kl_div", "norm", "cumsum", "roll", "clamp", "einsum",
    "index_put", "nn.functional.avg_pool2d", "renorm", "fft.fft"])
def test_numbers_as_parameters(entry):
    """Numbers, strings and lists that are known only when the call comes."""
    pytest.importorskip("minitorch", exc_type=ModuleNotFoundError,
                        reason="the minitorch package is not built")
    for index, call in calls.calls(entry, torch.float32, limit=3,
                                   parameters=True):
        if isinstance(call, calls.NotScriptable):
            continue
        outcome, reason = measure.check(
            call, "dynamic", calls.tolerances(entry, torch.float32))
        assert outcome == "native", f"sample {index}: {reason}"


def test_report_has_no_wrong_cell():
    """Unsupported is a gap; wrong is a defect."""
    with open(COVERAGE, encoding="utf-8") as text:
        table = text.read().partition("## Reasons")[0].partition("## Cells")[2]
    rows = [row for row in table.splitlines()[6:] if row.startswith("| ")]
    assert len(rows) > 500
    wrong = [row.split("|")[1].strip() for row in rows
             if "W" in row.split("|", 2)[2] or "C" in row.split("|", 2)[2]]
    assert not wrong
