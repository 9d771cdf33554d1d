"""Methods that are chosen when the program runs: by the class of an object
behind an interface, by an index or a key of a container of modules."""
import copy
import warnings
from typing import Dict, List, Optional, Tuple

import minitorch
import pytest
import torch
from agreement import check, differ, outcome
from torch import Tensor, nn

# ------------------------------------------------------------- script classes


@torch.jit.interface
class Shape:
    def area(self) -> float:
        pass

    def grow(self, by: float) -> None:
        pass


@torch.jit.interface
class Named:
    def name(self) -> str:
        pass


@torch.jit.script
class Square:
    def __init__(self, side: float):
        self.side = side

    def area(self) -> float:
        return self.side * self.side

    def grow(self, by: float) -> None:
        self.side += by

    def name(self) -> str:
        return "square"


@torch.jit.script
class Circle:
    def __init__(self, radius: float):
        self.radius = radius
        self.grown = 0

    def area(self) -> float:
        return self.radius * self.radius * 3.0

    def grow(self, by: float) -> None:
        if by < 0.0:
            raise ValueError("circles do not shrink")
        self.radius *= by
        self.grown += 1

    def name(self) -> str:
        return "circle" + str(self.grown)


@torch.jit.script
class Scaled:
    def __init__(self, inner: Shape, factor: float):
        self.inner = inner
        self.factor = factor

    def area(self) -> float:
        return self.inner.area() * self.factor

    def grow(self, by: float) -> None:
        self.inner.grow(by)
        self.factor += 1.0


def shapes_in_a_list(n: int) -> float:
    shapes: List[Shape] = []
    for i in range(n):
        if i % 2 == 0:
            shapes.append(Square(float(i)))
        else:
            shapes.append(Circle(float(i)))
    total = 0.0
    for s in shapes:
        s.grow(2.0)
        total += s.area()
    return total


def square(n: float) -> Shape:
    return Square(n)


def circle(n: float) -> Shape:
    return Circle(n)


def chosen_by_an_if(n: int) -> float:
    s = square(2.0)
    if n > 0:
        s = circle(float(n))
    s.grow(3.0)
    return s.area()


def known_after_all(n: int) -> float:
    s: Shape = Circle(float(n))
    s.grow(2.0)
    return s.area()


def shapes_in_a_dict(key: str) -> float:
    d: Dict[str, Shape] = {}
    d["s"] = Square(2.0)
    d["c"] = Circle(2.0)
    d[key].grow(1.5)
    return d["s"].area() * 100.0 + d["c"].area()


def optional_shape(n: int) -> float:
    s: Optional[Shape] = None
    if n == 1:
        s = Square(3.0)
    elif n == 2:
        s = Circle(3.0)
    if s is not None:
        return s.area()
    return -1.0


def two_interfaces(n: int) -> Tuple[str, float]:
    squares = [Square(1.0), Square(2.0)]
    names: List[Named] = []
    shapes: List[Shape] = []
    for s in squares:
        names.append(s)
        shapes.append(s)
    c = Circle(1.0)
    names.append(c)
    shapes.append(c)
    shapes[n].grow(2.0)
    text = ""
    for each in names:
        text += each.name() + " "
    return text, squares[0].area() + squares[1].area() + c.area()


def error_of_one(n: int, by: float) -> float:
    shapes: List[Shape] = []
    shapes.append(Square(1.0))
    shapes.append(Circle(1.0))
    shapes[n].grow(by)
    return shapes[n].area()


def measured(s: Shape, times: int) -> float:
    for i in range(times):
        s.grow(2.0)
    return s.area()


def given_to_a_function(n: int) -> Tuple[float, float]:
    return measured(Square(1.0), n), measured(Circle(2.0), n)


def made(kind: str) -> Shape:
    if kind == "circle":
        return Circle(2.0)
    return Square(2.0)


def from_a_function(kind: str) -> float:
    s = made(kind)
    s.grow(2.0)
    return s.area()


def inner_shape(n: int) -> float:
    shapes: List[Shape] = []
    shapes.append(Square(2.0))
    shapes.append(Circle(2.0))
    s = Scaled(shapes[n], 10.0)
    s.grow(1.0)
    return s.area()


def carried(n: int) -> float:
    s = square(1.0)
    for i in range(n):
        s.grow(1.0)
        if i % 2 == 0:
            s = circle(s.area())
        else:
            s = square(s.area())
    return s.area()


def same_object(n: int) -> Tuple[bool, bool]:
    a, b = Square(1.0), Circle(1.0)
    shapes: List[Shape] = []
    shapes.append(a)
    shapes.append(b)
    s = shapes[n]
    return s is shapes[0], s is shapes[1]


@torch.jit.interface
class Transform:
    def apply(self, x: Tensor) -> Tensor:
        pass


@torch.jit.script
class Shift:
    def __init__(self, by: Tensor):
        self.by = by

    def apply(self, x: Tensor) -> Tensor:
        return x + self.by


@torch.jit.script
class Power:
    def __init__(self, n: int):
        self.n = n

    def apply(self, x: Tensor) -> Tensor:
        return x ** self.n


def transforms(x: Tensor, order: List[int]) -> Tensor:
    all: List[Transform] = []
    all.append(Shift(x * 2))
    all.append(Power(2))
    all.append(Power(3))
    for i in order:
        x = all[i].apply(x)
    return x


T = torch.tensor([[1.0, -2.0], [3.0, 0.5]])

CASES = {
    shapes_in_a_list: [(4,), (0,), (1,)],
    chosen_by_an_if: [(0,), (2,)],
    known_after_all: [(2,)],
    shapes_in_a_dict: [("s",), ("c",), ("x",)],
    optional_shape: [(0,), (1,), (2,)],
    two_interfaces: [(0,), (1,), (2,), (3,)],
    error_of_one: [(0, -1.0), (1, 2.0), (1, -1.0)],
    given_to_a_function: [(0,), (3,)],
    from_a_function: [("circle",), ("square",)],
    inner_shape: [(0,), (1,)],
    carried: [(0,), (1,), (4,)],
    same_object: [(0,), (1,)],
    transforms: [(T, [0, 1, 2]), (T, []), (T, [2, 0]), (T, [3])],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_agrees(function):
    check(function, *CASES[function])


# ------------------------------------------------------------------- modules


@torch.jit.interface
class Layer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


@torch.jit.interface
class Counting(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass

    def calls(self) -> int:
        pass


class Times(nn.Module):
    def __init__(self, factor: float):
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor


class Plus(nn.Module):
    def __init__(self, by: float):
        super().__init__()
        self.by = nn.Parameter(torch.full((2,), by))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.by


class Linear(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(2, 3)
        self.outer = nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.outer(torch.relu(self.inner(x)))


class Counts(nn.Module):
    def __init__(self, start: int):
        super().__init__()
        self.n = start
        self.register_buffer("sum", torch.zeros(2))

    def forward(self, x: Tensor) -> Tensor:
        self.n += 1
        self.sum.add_(x.sum(0))
        return x * self.n + self.sum

    @torch.jit.export
    def calls(self) -> int:
        return self.n


class Sums(nn.Module):
    def __init__(self):
        super().__init__()
        self.all = 0

    def forward(self, x: Tensor) -> Tensor:
        self.all += x.size(0)
        return x.sum(0, keepdim=True)

    @torch.jit.export
    def calls(self) -> int:
        return -self.all


class ByIndex(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Times(2.0), Times(3.0), Times(5.0)])

    def forward(self, x: Tensor, which: int) -> Tensor:
        layer: Layer = self.layers[which]
        return layer.forward(x)


class ByKey(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"times": Times(2.0), "plus": Plus(3.0),
                                     "both": Linear()})

    def forward(self, x: Tensor, keys: List[str]) -> Tensor:
        for key in keys:
            layer: Layer = self.layers[key]
            x = layer.forward(x)
        return x


class WithState(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Counts(0), Counts(10), Sums()])

    def forward(self, x: Tensor, which: int) -> Tuple[Tensor, int, int]:
        layer: Counting = self.layers[which]
        y = layer.forward(x)
        other: Counting = self.layers[2 - which]
        return y, layer.calls(), other.calls()


class InALoop(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Counts(0), Times(0.5), Plus(1.0)])

    def forward(self, x: Tensor, n: int) -> Tensor:
        for i in range(n):
            layer: Layer = self.layers[(i * i) % 3]
            x = layer.forward(x)
        return x


class AConstantIndex(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Times(2.0), Plus(3.0)])

    def forward(self, x: Tensor, n: int) -> Tensor:
        for i in range(2):
            layer: Layer = self.layers[i]
            x = layer.forward(x)
        return x * n


class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([ByIndexOfOne(2.0), ByIndexOfOne(7.0)])

    def forward(self, x: Tensor, n: int) -> Tensor:
        block: Layer = self.blocks[n % 2]
        return block.forward(x) + n


class ByIndexOfOne(nn.Module):
    def __init__(self, f: float):
        super().__init__()
        self.parts = nn.ModuleList([Times(f), Plus(f)])

    def forward(self, x: Tensor) -> Tensor:
        part: Layer = self.parts[x.size(0) % 2]
        return part.forward(x) * 2


class ChosenByAFunction(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Counts(0)
        self.b = Plus(5.0)

    def forward(self, x: Tensor, n: int) -> Tensor:
        return choose(self.a, self.b, n > 0).forward(x)


def choose(a: Layer, b: Layer, first: bool) -> Layer:
    if first:
        return a
    return b


class InAList(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Counts(0)
        self.b = Plus(5.0)

    def forward(self, x: Tensor, n: int) -> Tensor:
        layers: List[Layer] = [self.a, self.b]
        for i in range(n):
            layers.append(layers[i])
        for layer in layers:
            x = layer.forward(x)
        return x


class Optionally(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Times(2.0)
        self.b = Plus(5.0)

    def forward(self, x: Tensor, n: int) -> Tensor:
        chosen = maybe(self.a, self.b, n)
        if chosen is not None:
            return chosen.forward(x)
        return x


def maybe(a: Layer, b: Layer, n: int) -> Optional[Layer]:
    if n == 1:
        return a
    if n == 2:
        return b
    return None


class Fixed(nn.Module):
    act: Layer

    def __init__(self):
        super().__init__()
        self.act = Plus(1.0)

    def forward(self, x: Tensor, n: int) -> Tensor:
        return self.act.forward(x) * n


class Residual(nn.Module):
    inner: Layer

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return x + self.inner.forward(x)


class OfOneAnother(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(
            [Residual(Times(2.0)), Residual(Residual(Plus(1.0)))])

    def forward(self, x: Tensor, n: int) -> Tensor:
        layer: Layer = self.layers[n]
        return layer.forward(x)


class Raises(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Fails("a"), Fails("b")])

    def forward(self, x: Tensor, n: int) -> Tensor:
        layer: Layer = self.layers[n]
        return layer.forward(x)


class Fails(nn.Module):
    def __init__(self, text: str):
        super().__init__()
        self.text = text
        self.n = 0

    def forward(self, x: Tensor) -> Tensor:
        self.n += 1
        if self.n > 1:
            raise ValueError(self.text + " failed")
        return x * self.n


class Prints(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"a": Says("a"), "b": Says("b")})

    def forward(self, x: Tensor, key: str) -> Tensor:
        layer: Layer = self.layers[key]
        print("before")
        return layer.forward(x)


class Says(nn.Module):
    def __init__(self, text: str):
        super().__init__()
        self.text = text

    def forward(self, x: Tensor) -> Tensor:
        print("here is", self.text)
        return x


MODELS = {
    ByIndex: [(T, 0), (T, 2), (T, 1), (T[:1], 1)],
    ByKey: [(T, ["times"]), (T, []), (T, ["plus", "both", "times"])],
    WithState: [(T, 0), (T, 1), (T, 0), (T, 2), (T, 1), (T, 2)],
    InALoop: [(T, 5), (T, 0), (T, 3)],
    AConstantIndex: [(T, 3)],
    Nested: [(T, 0), (T, 1), (T[:1], 1)],
    ChosenByAFunction: [(T, 1), (T, 0), (T, 1)],
    InAList: [(T, 2), (T, 0)],
    Optionally: [(T, 0), (T, 1), (T, 2)],
    Fixed: [(T, 2)],
    OfOneAnother: [(T, 0), (T, 1)],
    Raises: [(T, 0), (T, 0), (T, 1), (T, 1), (T, 0)],
    Prints: [(T, "a"), (T, "b")],
}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_modules(model):
    torch.manual_seed(0)
    scripted = torch.jit.script(model())
    oracle = copy.deepcopy(scripted)
    calls = MODELS[model]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = minitorch.compile(scripted, calls[0], fallback=False,
                                     dynamic_shapes="all")
    for args in calls:
        expected, got = outcome(oracle, args), outcome(compiled, args)
        assert not differ(expected, got), (args, expected, got)


@pytest.mark.parametrize("model, first, args", [
    (ByIndex, (T, 0), (T, 3)), (ByIndex, (T, 0), (T, -1)),
    (ByKey, (T, ["plus"]), (T, ["missing"])),
    (ByKey, (T, ["plus"]), (T, ["training"]))], ids=str)
def test_no_such_module(model, first, args):
    compiled = minitorch.compile(torch.jit.script(model()), first,
                                 fallback=False)
    key = args[1][0] if isinstance(args[1], list) else args[1]
    with pytest.raises(minitorch.ProgramError,
                       match=f"does not have a field with name '{key}'"):
        compiled(*args)


class Swapped(nn.Module):
    act: Layer

    def __init__(self):
        super().__init__()
        self.first = Plus(1.0)
        self.act = self.first
        self.other = Times(3.0)

    def forward(self, x: Tensor, swaps: bool) -> Tensor:
        if swaps:
            self.act = self.other
        return self.act.forward(x)

    @torch.jit.export
    def twice(self, x: Tensor) -> Tensor:
        return self.act.forward(self.act.forward(x))

    @torch.jit.export
    def back(self, x: Tensor) -> Tensor:
        self.act = self.first
        return x


@torch.jit.interface
class Sum:
    def total(self) -> int:
        pass


@torch.jit.script
class Leaf:
    def __init__(self, n: int):
        self.n = n

    def total(self) -> int:
        return self.n


@torch.jit.script
class Tree:
    def __init__(self, left: Sum, right: Sum):
        self.left = left
        self.right = right

    def total(self) -> int:
        return self.left.total() + self.right.total()


def leaf(n: int) -> Sum:
    return Leaf(n)


def branch(left: Sum, right: Sum) -> Sum:
    return Tree(left, right)


def tree(n: int) -> int:
    t = leaf(1)
    for i in range(n):
        t = branch(t, Leaf(i))
    return t.total()


def test_recursion_raises():
    """A tree of trees calls itself; what does not, agrees."""
    scripted = torch.jit.script(tree)
    compiled = minitorch.compile(scripted, (0,), fallback=False)
    for n in (0, 1):
        assert compiled(n) == scripted(n)
    with pytest.raises(minitorch.ProgramError,
                       match="calls itself through an interface"):
        compiled(2)


def test_a_module_that_is_replaced():
    scripted = torch.jit.script(Swapped())
    oracle = copy.deepcopy(scripted)
    compiled = minitorch.compile(scripted, (T, False), fallback=False)
    for method, args in [("forward", (T, False)), ("twice", (T,)),
                         ("forward", (T, True)), ("twice", (T,)),
                         ("forward", (T, False)), ("back", (T,)),
                         ("twice", (T,)), ("forward", (T, True))]:
        expected = outcome(getattr(oracle, method), args)
        got = outcome(compiled.method(method), args)
        assert not differ(expected, got), (method, args, expected, got)
