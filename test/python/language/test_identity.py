"""What is one memory, and what is one object: attributes that share tensors,
tensors that a model keeps, and results that are views of one another."""
import contextlib
import itertools
from typing import Dict, List, Tuple

import minitorch
import pytest
import torch
from agreement import boxed_form, differ, layout, outcome


class TwoNames(torch.nn.Module):
    def __init__(self):
        super().__init__()
        memory = torch.arange(4.0)
        self.register_buffer("a", memory)
        self.register_buffer("b", memory)

    @torch.jit.export
    def add(self, n: int) -> torch.Tensor:
        self.a.add_(n)
        return self.b * 1

    @torch.jit.export
    def scale(self, n: int) -> torch.Tensor:
        self.b.mul_(n)
        return self.a + self.b

    @torch.jit.export
    def read(self, n: int) -> torch.Tensor:
        return self.a * n

    @torch.jit.export
    def replace(self, n: int) -> torch.Tensor:
        self.a = self.a + n
        return self.b * 1

    def forward(self, n: int) -> torch.Tensor:
        return self.b - n


class Views(torch.nn.Module):
    def __init__(self):
        super().__init__()
        memory = torch.arange(12.0)
        self.register_buffer("rows", memory.view(3, 4))
        self.register_buffer("columns", memory.view(3, 4).t())
        self.register_buffer("tail", memory[7:])

    @torch.jit.export
    def add(self, n: int) -> torch.Tensor:
        self.columns[1].add_(n)
        return self.rows.clone()

    @torch.jit.export
    def scale(self, n: int) -> torch.Tensor:
        self.tail.mul_(n)
        return self.columns.clone()

    @torch.jit.export
    def read(self, n: int) -> torch.Tensor:
        return self.tail * n

    @torch.jit.export
    def replace(self, n: int) -> torch.Tensor:
        self.rows[0, 0] = float(n)
        return self.rows[0] + self.columns[:, 0]

    def forward(self, n: int) -> torch.Tensor:
        return self.rows.sum() + n


class Holder(torch.nn.Module):
    def __init__(self, memory):
        super().__init__()
        self.register_buffer("memory", memory)

    def forward(self, n: int) -> torch.Tensor:
        self.memory.add_(n)
        return self.memory * 1


class Submodules(torch.nn.Module):
    def __init__(self):
        super().__init__()
        memory = torch.ones(2)
        self.first = Holder(memory)
        self.second = Holder(memory)

    @torch.jit.export
    def add(self, n: int) -> torch.Tensor:
        return self.first(n)

    @torch.jit.export
    def scale(self, n: int) -> torch.Tensor:
        return self.second(n) + self.first.memory

    @torch.jit.export
    def read(self, n: int) -> torch.Tensor:
        return self.second.memory * n

    @torch.jit.export
    def replace(self, n: int) -> torch.Tensor:
        self.first.memory = torch.full([2], float(n))
        return self.second.memory * 1

    def forward(self, n: int) -> torch.Tensor:
        return self.first.memory - n


class InLists(torch.nn.Module):
    items: List[torch.Tensor]
    names: Dict[str, torch.Tensor]

    def __init__(self):
        super().__init__()
        memory = torch.zeros(3)
        self.items = [memory, memory, torch.ones(1)]
        self.names = {"m": memory[1:]}

    @torch.jit.export
    def add(self, n: int) -> torch.Tensor:
        self.items[0].add_(n)
        return self.items[1] * 1

    @torch.jit.export
    def scale(self, n: int) -> torch.Tensor:
        self.names["m"].sub_(n)
        return self.items[1] * 1

    @torch.jit.export
    def read(self, n: int) -> torch.Tensor:
        return self.names["m"] * n

    @torch.jit.export
    def replace(self, n: int) -> torch.Tensor:
        self.items[1] = torch.full([3], float(n))
        return self.items[0] + self.items[1]

    def forward(self, n: int) -> torch.Tensor:
        return self.items[1] - n


METHODS = ["add", "scale", "read", "replace", "forward"]


def agree(scripted, compiled, calls):
    """All calls in turn agree, in values and in what is one object or one
    memory among all that came out so far."""
    results = [], []
    for method, args in calls:
        sides = [outcome(getattr(side, method), args)
                 for side in (scripted, compiled)]
        for kept, ((kind, value), _, _) in zip(results, sides):
            if kind == "value":
                kept.append(value)
        assert not differ(*sides), (method, args, *sides)
    views = [layout((("value", kept), "", [])) for kept in results]
    assert views[0] == views[1], views


@pytest.mark.parametrize("order", list(itertools.permutations(METHODS, 3)),
                         ids="-".join)
@pytest.mark.parametrize("model", [TwoNames, Views, Submodules, InLists])
def test_attributes_of_one_memory(model, order):
    scripted = torch.jit.script(model())
    compiled = minitorch.compile(torch.jit.script(model()), fallback=False)
    agree(scripted, compiled, [(method, (n,)) for n in (2, 3)
                               for method in order])


def test_same_after_saving(tmp_path):
    scripted = torch.jit.script(Views())
    scripted.save(tmp_path / "m.pt")
    loaded = torch.jit.load(tmp_path / "m.pt")
    compiled = minitorch.compile(str(tmp_path / "m.pt"), fallback=False)
    agree(loaded, compiled, [(method, (n,)) for n in (2, 3)
                             for method in METHODS])


class Keeper(torch.nn.Module):
    items: List[torch.Tensor]

    def __init__(self):
        super().__init__()
        self.last = torch.zeros(2)
        self.items = []

    @torch.jit.export
    def keep(self, x: torch.Tensor) -> int:
        self.last = x
        self.items.append(x)
        return len(self.items)

    @torch.jit.export
    def get(self) -> Tuple[torch.Tensor, List[torch.Tensor]]:
        return self.last, self.items

    @torch.jit.export
    def is_last(self, x: torch.Tensor) -> bool:
        return self.last is x

    @torch.jit.export
    def add(self, n: int) -> None:
        self.last.add_(n)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last + x


def run_keeper(model):
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([[3.0]])
    seen = [model.keep(x), model.keep(y), model.keep(x)]
    last, items = model.get()
    seen += [last is x, [a is b for a, b in zip(items, [x, y, x])]]
    seen += [model.is_last(x), model.is_last(y)]
    # The caller's writes are seen, and the model's.
    x.mul_(10)
    seen.append(model.get()[0].tolist())
    model.add(1)
    seen += [x.tolist(), model.forward(x).tolist()]
    del x, last, items
    seen += [model.get()[0].tolist(), [t.tolist() for t in model.get()[1]]]
    return seen


def test_kept_arguments():
    scripted = torch.jit.script(Keeper())
    compiled = minitorch.compile(torch.jit.script(Keeper()), fallback=False)
    assert run_keeper(compiled) == run_keeper(scripted)


def views(x: torch.Tensor):
    y = x + 1
    return y, y[1:], y.t(), x[:, 1:], [y.view(-1), y]


def test_results_of_one_memory():
    x = torch.arange(6.0).view(2, 3)
    scripted = torch.jit.script(views)
    with boxed_form():
        compiled = minitorch.compile(scripted, (x,), fallback=False)

    def describe(function):
        y, *others = function(x)
        flat = [y, *others[:-1], *others[-1]]
        return [(t.storage_offset(), t.stride(),
                 t.untyped_storage().data_ptr() ==
                 y.untyped_storage().data_ptr(),
                 t.untyped_storage().data_ptr() ==
                 x.untyped_storage().data_ptr(),
                 t.untyped_storage().nbytes(), t is y) for t in flat]

    assert describe(compiled) == describe(scripted)
    # Also where what is the whole memory does not come out.
    whole = compiled(x)
    tail = whole[1]
    del whole
    tail.add_(1)
    assert tail.tolist() == [[5.0, 6.0, 7.0]]


def transposes(x: torch.Tensor, y: torch.Tensor) -> List[int]:
    y.t_()
    return x.shape


def resizes(x: torch.Tensor, named: Dict[str, torch.Tensor]) -> List[int]:
    x.resize_([1])
    sizes: List[int] = []
    for y in named.values():
        sizes += y.shape
    return sizes


def is_same(x: torch.Tensor, y: torch.Tensor) -> bool:
    return x is y


@pytest.mark.parametrize("boxed", [False, True])
def test_arguments_that_are_one_tensor(boxed):
    def one():
        return torch.ones(2, 3)

    def same(make):
        x = one()
        return make(x)

    for function, calls in [
            (transposes, [(one(), one()), same(lambda x: (x, x))]),
            (resizes, [(one(), {"a": one()}), same(lambda x: (x, {"a": x}))]),
            (is_same, [(one(), one()), same(lambda x: (x, x))])]:
        scripted = torch.jit.script(function)
        for first in (0, 1):
            with boxed_form() if boxed else contextlib.nullcontext():
                compiled = minitorch.compile(scripted, calls[first],
                                             fallback=False)
            for call in calls:
                expected = outcome(scripted, call)
                assert not differ(expected, outcome(compiled, call)), (
                    function.__name__, call)


def sizes_of(x: torch.Tensor, i: int, j: torch.Tensor, n: int) -> List[int]:
    sizes = x.select(0, i).size()
    sizes.append(x[j].dim())
    sizes += torch.zeros_like(x.expand(n, -1)).shape
    sizes.append(len(x.split(n)))
    sizes.append(len(x.chunk(n)))
    return sizes


@pytest.mark.parametrize("dynamic", [None, "all"])
def test_errors_of_measured_results(dynamic):
    x, index = torch.ones(4, 3), torch.tensor([1])
    calls = [(x, 1, index, 4), (x, 4, index, 4), (x, 1, index + 9, 4),
             (x, 1, index, 5), (x[:0], 0, index, 4), (x, 1, index, -1)]
    scripted = torch.jit.script(sizes_of)
    compiled = minitorch.compile(scripted, calls[0], fallback=False,
                                 dynamic_shapes=dynamic)
    for call in calls:
        if dynamic or call[0].shape == x.shape:
            expected = outcome(scripted, call)
            assert not differ(expected, outcome(compiled, call)), call


class Reshaped(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("buf", torch.arange(6.0).reshape(2, 3))

    @torch.jit.export
    def parts(self) -> Tuple[List[torch.Tensor], torch.Tensor]:
        return list(self.buf.chunk(2, 0)), self.buf

    def forward(self, n: int) -> torch.Tensor:
        self.buf.t_()
        self.buf[0] = n
        return self.buf


def run_reshaped(model):
    first = model(1)
    seen = [first.tolist()]
    second = model(2)
    # One object, which has other sizes by now.
    seen += [first is second, first.tolist(), first.stride()]
    chunks, whole = model.parts()
    seen += [[t.tolist() for t in chunks], whole is first,
             [t.storage_offset() for t in chunks],
             [t.untyped_storage().data_ptr() ==
              whole.untyped_storage().data_ptr() for t in chunks]]
    chunks[1].zero_()
    return [*seen, first.tolist(), model(3).tolist()]


def test_result_that_is_reshaped_later():
    assert (run_reshaped(minitorch.compile(torch.jit.script(Reshaped()),
                                           fallback=False))
            == run_reshaped(torch.jit.script(Reshaped())))


def test_parts_of_a_buffer():
    def parts(model):
        chunks, whole = model.parts()
        return ([(t.tolist(), t.storage_offset()) for t in chunks],
                whole.tolist())

    assert (parts(minitorch.compile(torch.jit.script(Reshaped()),
                                    fallback=False))
            == parts(torch.jit.script(Reshaped())))


def resizes_a_view(x: torch.Tensor) -> torch.Tensor:
    y = x.squeeze()
    y.resize_([2])
    y[None].abs_()
    return x


class Shrinks(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("buf", torch.arange(4.0))

    def forward(self, n: int) -> torch.Tensor:
        self.buf.resize_([n])
        return self.buf.as_strided([4], [1])


def test_memory_of_what_is_resized():
    x = torch.tensor([[-1.0, -2.0, -3.0, -4.0]])
    scripted = torch.jit.script(resizes_a_view)
    compiled = minitorch.compile(scripted, (x,), fallback=False)
    expected = outcome(scripted, (x,))
    assert not differ(expected, outcome(compiled, (x,)))
    # What shrinks keeps its memory.
    calls = [("forward", (1,)), ("forward", (2,))]
    agree(torch.jit.script(Shrinks()),
          minitorch.compile(torch.jit.script(Shrinks()), fallback=False), calls)


def on_a_branch(x: torch.Tensor, y: torch.Tensor, n: int) -> torch.Tensor:
    return x if n > 0 else y * 2


def of_two(x: torch.Tensor, y: torch.Tensor, n: int
           ) -> Tuple[torch.Tensor, torch.Tensor, int]:
    z = x
    if n > 0:
        if n > 1:
            z = y
    else:
        z = x + y
    return z, z, n


def of_a_loop(x: torch.Tensor, y: torch.Tensor, n: int) -> List[torch.Tensor]:
    a, b = x, y
    for i in range(n):
        if i > 2:
            b = a
        a, b = b, a
    return [a, b, y]


def of_sums(x: torch.Tensor, y: torch.Tensor, n: int
            ) -> Dict[str, torch.Tensor]:
    z = y
    while n > 1:
        n -= 1
        z = z + x
    return {"z": z}


def written(x: torch.Tensor, y: torch.Tensor, n: int) -> torch.Tensor:
    z = x if n > 0 else y.clone()
    z = z.add_(1)
    y.mul_(2)
    return z


def part_on_a_branch(x: torch.Tensor, y: torch.Tensor, n: int
                     ) -> torch.Tensor:
    return x[1:] if n > 0 else y[1:] * 2


@pytest.mark.parametrize("dynamic", [None, "all"])
@pytest.mark.parametrize("function", [on_a_branch, of_two, of_a_loop, of_sums,
                                      written, part_on_a_branch],
                         ids=lambda f: f.__name__)
def test_arguments_that_are_results(function, dynamic):
    scripted = torch.jit.script(function)
    compiled = minitorch.compile(scripted, (torch.ones(3), torch.ones(3), 0),
                                 fallback=False, dynamic_shapes=dynamic)
    for n in range(6):
        sides = [outcome(side, (torch.ones(3), torch.arange(3.0), n))
                 for side in (scripted, compiled)]
        assert not differ(*sides), (n, *sides)
        memories = [[places for _, _, places in layout(side)]
                    for side in sides]
        objects = [[same for _, same, _ in layout(side)] for side in sides]
        assert memories[0] == memories[1], (n, *memories)
        assert objects[0] == objects[1], (n, *objects)


class Replaces(torch.nn.Module):
    """Writes to a tensor of the state, and gives the attribute another."""

    def __init__(self):
        super().__init__()
        self.register_buffer("buf", torch.arange(4.0).reshape(2, 2))

    def forward(self, n: int) -> torch.Tensor:
        self.buf.add_(n)
        self.buf = self.buf.t()
        return self.buf * 1

    @torch.jit.export
    def keep(self, x: torch.Tensor) -> torch.Tensor:
        x.add_(1)
        self.buf = x.t()
        return x * 1

    @torch.jit.export
    def part(self, x: torch.Tensor) -> int:
        self.buf = x[1:]
        return 1

    @torch.jit.export
    def swap(self, n: int) -> torch.Tensor:
        old = self.buf
        old.mul_(n)
        self.buf = torch.zeros(2, 2)
        return old

    @torch.jit.export
    def get(self) -> torch.Tensor:
        return self.buf


def run_replaces(model):
    seen = [model.forward(1).tolist(), model.forward(2).tolist(),
            model.get().tolist()]
    x = torch.tensor([[1.0, 5.0], [2.0, 3.0]])
    model.keep(x)
    seen += [x.tolist(), model.get().tolist()]
    before = model.get()
    old = model.swap(3)
    seen += [old.tolist(), before.tolist(), x.tolist(), old is before,
             model.get().tolist()]
    for y in [x, x.t(), torch.ones(4, 2)[::2]]:
        model.part(y)
        y.add_(10)
        seen.append(model.get().tolist())
    return seen


def test_state_that_is_written_and_replaced():
    assert (run_replaces(minitorch.compile(torch.jit.script(Replaces()),
                                           fallback=False))
            == run_replaces(torch.jit.script(Replaces())))
