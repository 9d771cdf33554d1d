"""Facts about operators (AtenSchemas.txt, AtenFacts.txt): what the compiler
answers is what PyTorch does."""
import subprocess

import facts
import pytest
from type_rules import find_mt_opt

needs_mt_opt = pytest.mark.skipif(not find_mt_opt(),
                                  reason="mt-opt is not built")


@needs_mt_opt
def test_answers():
    different, called, count, _ = facts.check()
    lines = [f"{line} ({times} calls)" for line, times in different.items()]
    assert not lines, "\n".join([f"{len(lines)} differences", *lines[:40]])
    assert len(called) > 1000 and count > 5000, (len(called), count)
