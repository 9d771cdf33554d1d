"""Operators of PyTorch's own table on its own sample inputs. `operators.txt`
names those that compile and agree, as `op_db.py` finds them."""
import os

import op_db
import pytest
import torch

with open(os.path.join(os.path.dirname(__file__), "operators.txt"),
          encoding="utf-8") as listed:
    NAMES = [line.strip() for line in listed
             if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("name", NAMES)
def test_operator(name):
    pytest.importorskip("minitorch", exc_type=ModuleNotFoundError,
                        reason="the minitorch package is not built")
    for call in op_db.calls(op_db.OPERATORS[name], torch.float32, limit=4):
        op_db.check(call)
