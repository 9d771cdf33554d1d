"""Facts about operators: what the compiler answers is what PyTorch does. Here of
those that AtenFacts.txt names; `facts.py` by itself calls all."""
import facts
import pytest
from type_rules import Call, find_mt_opt, tensor

needs_mt_opt = pytest.mark.skipif(not find_mt_opt(),
                                  reason="mt-opt is not built")


@needs_mt_opt
def test_answers():
    different, called, count = facts.check(facts.listed())
    lines = [f"{line} ({times} calls)" for line, times in different.items()]
    assert not lines, "\n".join([f"{len(lines)} differences", *lines[:40]])
    assert len(called) > 150 and count > 1000, (len(called), count)


def seen_of(call):
    _, seen = facts.observe(call)
    return {**seen, "lies": []}


def said(result, written="no", layout="unknown", words=()):
    return {"arguments": [{"result": result, "written": written,
                           "elements": "yes"}],
            "layout": layout, "words": set(words), "functional": []}


def test_differences_are_seen():
    """Of a view, of what writes, and of what draws random numbers."""
    view = seen_of(Call("t", tensor(2, 3)))
    assert not list(facts.problems(view, said("view")))
    assert list(facts.problems(view, said("new")))
    assert list(facts.problems({**view, "repeats": True}, said("view")))
    write = seen_of(Call("zero_", tensor(2, 3)))
    assert not list(facts.problems(write, said("itself", "yes")))
    assert list(facts.problems(write, said("itself", "no", words=[
        "returns-operand"])))
    drawn = seen_of(Call("bernoulli", tensor(2, 3) / 2))
    assert not list(facts.problems(drawn, said("new", words=["random"])))
    assert list(facts.problems(drawn, said("new")))
