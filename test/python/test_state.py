"""Methods of one model and the state that they share, against PyTorch."""
import copy
import gc
import weakref
from typing import Optional, Tuple

import minitorch
import pytest
import torch
from torch import Tensor, nn

SHAPES = pytest.mark.parametrize("shapes", [None, "all"],
                                 ids=["static", "dynamic"])


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps: int = 0

    @torch.jit.export
    def add(self, n: int) -> int:
        self.steps += n
        return self.steps

    def forward(self, x: Tensor) -> Tensor:
        self.steps += 1
        return x * self.steps


class Stream(nn.Module):
    """State of every kind, in the module and in one below it."""

    def __init__(self):
        super().__init__()
        self.register_buffer("h", torch.zeros(3))
        self.counter = Counter()
        self.count: int = 0
        self.gain: float = 1.0
        self.loud: bool = False

    def forward(self, x: Tensor) -> Tensor:
        self.h.mul_(0.5).add_(x.sum(0))
        self.count += x.size(0)
        if self.loud:
            x = x * self.gain
        return self.counter(x) + self.h

    @torch.jit.export
    def reset(self) -> None:
        self.h.zero_()
        self.count = 0
        self.counter.steps = 0

    @torch.jit.export
    def set_gain(self, gain: float, loud: bool = True) -> None:
        self.gain = gain
        self.loud = loud

    @torch.jit.export
    def frames(self) -> int:
        return self.count

    @torch.jit.export
    def status(self) -> Tuple[int, float, bool, int]:
        return self.count, self.gain, self.loud, self.counter.steps

    @torch.jit.export
    def peek(self, x: Tensor) -> Tensor:
        return self.h * x + self.counter.steps

    @torch.jit.export
    def replace(self, h: Tensor) -> Tensor:
        old = self.h
        self.h = h * 1
        return old

    @torch.jit.export
    def skip(self, n: int) -> int:
        return self.counter.add(n)

    @torch.jit.export
    def mlir(self) -> int:
        return self.count + 1000


X = torch.arange(6.0).reshape(2, 3)
H = torch.tensor([1.0, -2.0, 0.5])


def call(module, method, *args, **kwargs):
    return getattr(module, method)(*args, **kwargs)


def check(compiled, scripted, calls):
    """Calls are a method with its arguments, perhaps by name."""
    for number, (method, *args) in enumerate(calls):
        kwargs = args.pop() if args and isinstance(args[-1], dict) else {}
        expected = call(scripted, method, *args, **kwargs)
        got = call(compiled, method, *args, **kwargs)
        where = f"call {number} of {method}"
        if isinstance(expected, Tensor):
            torch.testing.assert_close(got, expected, msg=lambda text:
                                       f"{where}: {text}")
        else:
            assert got == expected and type(got) is type(expected), where


@SHAPES
@pytest.mark.parametrize("calls", [
    [("forward", X), ("frames",), ("forward", X), ("frames",), ("status",),
     ("reset",), ("frames",), ("peek", H), ("forward", X), ("peek", H)],
    [("frames",), ("status",), ("peek", H), ("forward", X), ("frames",),
     ("status",), ("peek", H), ("status",), ("reset",), ("status",),
     ("peek", H)],
    [("set_gain", 2.5), ("forward", X), ("status",), ("set_gain", -1.0, False),
     ("status",), ("forward", X), ("set_gain", {"gain": 3.0, "loud": True}),
     ("forward", X)],
    [("peek", H), ("replace", H), ("peek", H), ("forward", X), ("peek", H),
     ("replace", {"h": H}), ("forward", X), ("reset",), ("forward", X)],
    [("skip", 3), ("status",), ("forward", X), ("skip", 4), ("forward", X),
     ("status",)],
], ids=["written first", "read first", "numbers", "replaced", "below"])
def test_calls_in_turn(calls, shapes):
    scripted = torch.jit.script(Stream())
    compiled = minitorch.compile(scripted, (X,), dynamic_shapes=shapes,
                                 fallback=False)
    check(compiled, copy.deepcopy(scripted), calls)


def test_first_method_is_another():
    scripted = torch.jit.script(Stream())
    compiled = minitorch.compile(scripted, (), method="frames")
    check(compiled, copy.deepcopy(scripted),
          [("frames",), ("forward", X), ("frames",), ("forward", X[:1]),
           ("frames",), ("forward", X.double()), ("frames",)])
    assert compiled.frames is compiled
    assert compiled.forward is compiled.forward


def test_names_of_methods():
    scripted = torch.jit.script(Stream())
    compiled = minitorch.compile(scripted, (X,))
    for name in ("nothing", "count", "h"):
        with pytest.raises(AttributeError, match=f"no method '{name}'; it has: "
                           ".*forward.*frames"):
            getattr(compiled, name)
        with pytest.raises(AttributeError):
            compiled.method(name)
    assert not hasattr(compiled, "__len__")
    assert "frames" in dir(compiled) and "fallbacks" in dir(compiled)
    # The compiled object's own attributes win.
    assert "linalg" in compiled.mlir()
    assert compiled.method("mlir")() == scripted.mlir()
    with pytest.raises(minitorch.InputError):
        compiled.frames(1)
    with pytest.raises(minitorch.InputError):
        compiled.skip(1, m=2)
    assert compiled.skip(n=2) == 2


class Cache(nn.Module):
    """A buffer that grows, or gets another rank or dtype."""

    def __init__(self):
        super().__init__()
        self.register_buffer("cache", torch.zeros(0, 3))

    def forward(self, x: Tensor) -> Tensor:
        self.cache = torch.cat([self.cache, x])
        return self.cache.sum(0)

    @torch.jit.export
    def length(self) -> int:
        return self.cache.size(0)

    @torch.jit.export
    def last(self) -> Tensor:
        return self.cache[-1] * 2

    @torch.jit.export
    def double_it(self) -> None:
        self.cache = self.cache.double()

    @torch.jit.export
    def widen(self) -> None:
        self.cache = self.cache.repeat(1, 2)

    @torch.jit.export
    def flatten(self) -> None:
        self.cache = self.cache.flatten()

    @torch.jit.export
    def total(self) -> Tensor:
        return self.cache.sum()


@pytest.mark.parametrize("calls", [
    [("length",), ("forward", X), ("length",), ("last",), ("forward", X[:1]),
     ("length",), ("last",), ("total",), ("forward", X), ("last",)],
    [("total",), ("forward", X), ("widen",), ("total",), ("last",),
     ("length",), ("widen",), ("last",)],
], ids=["longer", "wider"])
def test_tensors_of_other_types(calls):
    scripted = torch.jit.script(Cache())
    compiled = minitorch.compile(scripted, (X,), dynamic_shapes="all",
                                 fallback=False)
    check(compiled, copy.deepcopy(scripted), calls)


@pytest.mark.parametrize("calls", [
    [("forward", X), ("double_it",), ("total",), ("last",), ("length",)],
    [("total",), ("forward", X), ("flatten",), ("length",), ("total",),
     ("last",)],
], ids=["dtype", "rank"])
def test_another_rank_or_dtype(calls):
    """What was compiled for the tensor that an attribute was, is compiled again
    for any."""
    scripted = torch.jit.script(Cache())
    compiled = minitorch.compile(scripted, (X,), "all", fallback=False)
    check(compiled, copy.deepcopy(scripted), calls)


class Modes(nn.Module):
    """Attributes whose values decide how the program is compiled."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.dim: int = 0
        self.trains: bool = False

    def forward(self, x: Tensor) -> Tensor:
        y = nn.functional.batch_norm(
            x, self.norm.running_mean, self.norm.running_var,
            training=self.trains)
        return y.sum(self.dim)

    @torch.jit.export
    def set_dim(self, dim: int) -> None:
        self.dim = dim

    @torch.jit.export
    def set_trains(self, trains: bool) -> None:
        self.trains = trains

    @torch.jit.export
    def mean(self) -> Optional[Tensor]:
        mean = self.norm.running_mean
        return mean * 1 if mean is not None else None

    @torch.jit.export
    def shift(self) -> None:
        mean = self.norm.running_mean
        if mean is not None:
            mean.add_(1)


@SHAPES
def test_values_that_code_needs(shapes):
    scripted = torch.jit.script(Modes())
    compiled = minitorch.compile(scripted, (X,), dynamic_shapes=shapes,
                                 fallback=False)
    check(compiled, copy.deepcopy(scripted),
          [("forward", X), ("mean",), ("set_dim", 1), ("forward", X),
           ("shift",), ("forward", X), ("mean",), ("set_trains", True),
           ("forward", X), ("mean",), ("set_dim", 0), ("forward", X),
           ("mean",), ("set_trains", False), ("forward", X), ("set_dim", 0),
           ("forward", X), ("mean",)])


def test_trained_statistics():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm1d(3)

        def forward(self, x: Tensor) -> Tensor:
            return self.norm(x)

        @torch.jit.export
        def scaled(self, x: Tensor) -> Tensor:
            mean = self.norm.running_mean
            assert mean is not None
            return x - mean

    scripted = torch.jit.script(Net().train())
    compiled = minitorch.compile(scripted, (X,), fallback=False)
    check(compiled, copy.deepcopy(scripted),
          [("scaled", X), ("forward", X), ("scaled", X), ("forward", X * 2),
           ("scaled", X)])


def test_several_compiles_of_one_module():
    scripted = torch.jit.script(Stream())
    oracle = copy.deepcopy(scripted)
    step = minitorch.compile(scripted, (X,))
    reset = minitorch.compile(scripted, (), method="reset")
    other = minitorch.compile(scripted, (X[:1],))
    torch.testing.assert_close(step(X), oracle(X))
    torch.testing.assert_close(other(X[:1]), oracle(X[:1]))
    assert reset.frames() == step.frames() == 3
    reset()
    assert step.frames() == 0
    # Others have a state of their own: the same model again, a plain module.
    for another in (torch.jit.script(Stream()), copy.deepcopy(scripted),
                    Stream()):
        step(X)
        assert minitorch.compile(another, (X,)).frames() == 0
    assert step.frames() == 6


@pytest.mark.parametrize("change", [
    lambda m: setattr(m, "count", 7),
    lambda m: setattr(m.counter, "steps", 7),
    lambda m: m.h.data.fill_(3),
    lambda m: m.set_gain(2.0, True),
    lambda m: setattr(m, "h", torch.ones(3)),
    lambda m: m(X)],
    ids=["number", "below", "data", "call", "buffer", "forward"])
def test_module_that_changed(change):
    """What is compiled later does not get the state or weights of before."""
    scripted = torch.jit.script(Stream())
    before = minitorch.compile(scripted, (X,))
    before(X)
    change(scripted)
    after = minitorch.compile(scripted, (X,))
    oracle = copy.deepcopy(scripted)
    check(after, oracle, [("status",), ("forward", X), ("status",),
                          ("peek", H)])
    assert before.frames() == 2
    # The last one that was made is the one to share.
    again = minitorch.compile(scripted, (), method="reset")
    again()
    oracle.reset()
    check(after, oracle, [("status",), ("forward", X)])
    assert before.frames() == 2


def test_weights_that_changed():
    scripted = torch.jit.script(nn.Sequential(nn.Linear(3, 40), nn.ReLU()))
    minitorch.compile(scripted, (X,))
    with torch.no_grad():
        scripted[0].weight.mul_(2)
    compiled = minitorch.compile(scripted, (X,))
    torch.testing.assert_close(compiled(X), scripted(X))
    scripted[0].weight = nn.Parameter(torch.ones(40, 3))
    compiled = minitorch.compile(scripted, (X,))
    torch.testing.assert_close(compiled(X), scripted(X))


def test_nothing_keeps_modules():
    scripted = torch.jit.script(Stream())
    compiled = minitorch.compile(scripted, (X,))
    compiled(X)
    module = weakref.ref(scripted)
    del scripted
    gc.collect()
    assert module() is None
    assert compiled.frames() == 2
    function = weakref.ref(compiled)
    del compiled
    gc.collect()
    assert function() is None


def test_what_raises_leaves_state():
    class Checked(nn.Module):
        def __init__(self):
            super().__init__()
            self.count: int = 0

        def forward(self, x: Tensor) -> Tensor:
            if bool(x.sum() > 0):
                raise ValueError("positive")
            self.count += 1
            return x

        @torch.jit.export
        def get(self) -> int:
            return self.count

    scripted = torch.jit.script(Checked())
    compiled = minitorch.compile(scripted, (X,))
    assert compiled.get() == 0
    compiled(-X)
    with pytest.raises(minitorch.ProgramError, match="positive"):
        compiled(X)
    assert compiled.get() == 1


def test_functions_and_files(tmp_path):
    def scale(x: Tensor, n: int = 2) -> Tensor:
        return x * n

    compiled = minitorch.compile(torch.jit.script(scale), (X,))
    with pytest.raises(AttributeError, match="no method 'nothing'"):
        compiled.nothing
    path = str(tmp_path / "stream.pt")
    torch.jit.save(torch.jit.script(Stream()), path)
    compiled = minitorch.compile(path, (X,), dynamic_shapes="all")
    check(compiled, torch.jit.load(path),
          [("forward", X), ("frames",), ("reset",), ("status",),
           ("forward", X[:1]), ("frames",)])


class Unchanged(nn.Module):
    """Returns state that only a branch writes that is never taken."""

    def __init__(self):
        super().__init__()
        self.count: int = 3
        self.register_buffer("mean", torch.ones(2))

    def forward(self, x: Tensor) -> Tuple[int, Tensor, Tensor]:
        if x.dim() == 7:
            self.count += 1
            self.mean.add_(1)
        return self.count, self.mean, x * self.count


def test_unchanged_state_is_a_result():
    scripted = torch.jit.script(Unchanged())
    compiled = minitorch.compile(scripted, (X,), fallback=False)
    for _ in range(2):
        torch.testing.assert_close(compiled(X), scripted(X))
