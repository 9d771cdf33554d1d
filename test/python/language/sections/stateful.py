"""Modules that keep objects, lists and dicts, used by several methods."""

from typing import Any, Dict, Final, List, NamedTuple, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .case import case

T = torch.arange(6.0).reshape(2, 3)


@case((T,), (T[:1],), ["count", ()], (T,), ["clear", ()], ["count", ()])
class Memory(nn.Module):
    items: List[Tensor]

    def __init__(self):
        super().__init__()
        self.items = []
        self.limit = 2

    def forward(self, x: Tensor) -> Tensor:
        self.items.append(x)
        if len(self.items) > self.limit:
            self.items.pop(0)
        return torch.cat(self.items)

    @torch.jit.export
    def count(self) -> int:
        return len(self.items)

    @torch.jit.export
    def clear(self) -> int:
        n = len(self.items)
        self.items.clear()
        return n


@torch.jit.script
class Stats:
    def __init__(self):
        self.n = 0
        self.total = 0.0
        self.history: List[float] = []

    def update(self, x: float) -> None:
        self.n += 1
        self.total += x
        self.history.append(x)

    def mean(self) -> float:
        if self.n == 0:
            raise ZeroDivisionError("no values")
        return self.total / self.n


@case(
    (1.5,),
    (2.5,),
    ["mean", ()],
    ["reset", ()],
    ["mean", ()],
    (4.0,),
    ["mean", ()],
    ["get", ()],
)
class WithStats(nn.Module):
    stats: Stats

    def __init__(self):
        super().__init__()
        self.stats = Stats()

    def forward(self, x: float) -> int:
        self.stats.update(x)
        return self.stats.n

    @torch.jit.export
    def mean(self) -> float:
        return self.stats.mean()

    @torch.jit.export
    def reset(self) -> None:
        self.stats = Stats()

    @torch.jit.export
    def get(self) -> Stats:
        return self.stats


@case((T,), (T,), ["report", ()])
class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = WithStats()
        self.fc = nn.Linear(3, 2)
        with torch.no_grad():
            self.fc.weight.fill_(0.5)
            self.fc.bias.fill_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc(x)
        self.inner(float(y.sum()))
        return y

    @torch.jit.export
    def report(self) -> Tuple[int, float]:
        return self.inner.stats.n, self.inner.mean()


@case((3,), (0,), (-1,), (2,))
class Counts(nn.Module):
    hits: Dict[str, int]

    def __init__(self):
        super().__init__()
        self.hits = {}
        self.errors = 0

    def forward(self, n: int) -> Dict[str, int]:
        for i in range(n):
            k = "k" + str(i % 2)
            self.hits[k] = self.hits.get(k, 0) + 1
        if n < 0:
            self.errors += 1
            raise RuntimeError(f"errors: {self.errors}")
        return self.hits


@case((1,), (2,), (3,))
class Alternates(nn.Module):
    def __init__(self):
        super().__init__()
        self.flip = False
        self.a = nn.ReLU()
        self.scale = 1.0

    def forward(self, n: int) -> float:
        self.flip = not self.flip
        if self.flip:
            self.scale *= n
        else:
            self.scale += 0.5
        return self.scale


@case((T,), (T,))
class EMA(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("avg", torch.zeros(3))
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.decay = 0.9

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        self.steps += 1
        self.avg.mul_(self.decay).add_(x.mean(0), alpha=1 - self.decay)
        return self.avg / (1 - self.decay ** int(self.steps)), self.steps + 0


class Layer(nn.Module):
    def __init__(self, k: int):
        super().__init__()
        self.k = k
        self.calls = 0

    def forward(self, x: int) -> int:
        self.calls += 1
        return x * self.k + self.calls


@case((1,), (2,), ["total", ()])
class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Layer(2), Layer(3)])
        self.extra = nn.ModuleDict({"a": Layer(5)})

    def forward(self, x: int) -> int:
        for l in self.layers:
            x = l(x)
        for name, l in self.extra.items():
            x = l(x) + len(name)
        return x

    @torch.jit.export
    def total(self) -> int:
        n = 0
        for l in self.layers:
            n += l.calls
        return n * 10 + self.extra["a"].calls


@case((2,), (3,))
class InnerClassUse(nn.Module):
    def forward(self, n: int) -> Tuple[float, int]:
        s = Stats()
        for i in range(n):
            s.update(float(i))
        return s.mean(), len(s.history)


@case((T, 0), (T, 1), (T, 2))
class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)])
        for i, h in enumerate(self.heads):
            nn.init.constant_(h.weight, float(i + 1))
            nn.init.constant_(h.bias, 0.0)

    def forward(self, x: Tensor, which: int) -> Tensor:
        for i, h in enumerate(self.heads):
            if i == which:
                return h(x)
        raise IndexError("no head " + str(which))


class Cfg(NamedTuple):
    k: int
    name: str


@case((1,), (2,))
class NamedTupleState(nn.Module):
    cfg: Cfg

    def __init__(self):
        super().__init__()
        self.cfg = Cfg(1, "a")

    def forward(self, n: int) -> Cfg:
        old = self.cfg
        self.cfg = Cfg(old.k + n, old.name + "b")
        return old


@case(("a", 1), ("b", 2), ("a", 3), ["snapshot", ()])
class Journal(nn.Module):
    log: List[Tuple[str, int]]
    index: Dict[str, List[int]]

    def __init__(self):
        super().__init__()
        self.log = []
        self.index = {}

    def forward(self, k: str, v: int) -> int:
        self.log.append((k, v))
        if k not in self.index:
            self.index[k] = torch.jit.annotate(List[int], [])
        self.index[k].append(len(self.log) - 1)
        return len(self.index[k])

    @torch.jit.export
    def snapshot(self) -> Tuple[List[Tuple[str, int]], Dict[str, List[int]]]:
        return self.log, self.index


@case((5,), (6,))
class Hidden(nn.Module):
    last: Optional[int]

    def __init__(self):
        super().__init__()
        self.last = None

    def _helper(self, x: int) -> int:
        last = self.last
        if last is None:
            return x
        return x + last

    def forward(self, x: int) -> int:
        y = self._helper(x)
        self.last = y
        return y


@case((T,), (T,))
class LazyBuffer(nn.Module):
    cache: Optional[Tensor]

    def __init__(self):
        super().__init__()
        self.cache = None
        self.hits = 0

    def forward(self, x: Tensor) -> Tuple[Tensor, int]:
        cache = self.cache
        if cache is None:
            cache = x.sum(0)
            self.cache = cache
        else:
            self.hits += 1
        return cache, self.hits


@case((2,), (0,), (3,))
class TryLike(nn.Module):
    def __init__(self):
        super().__init__()
        self.ok = 0
        self.bad = 0

    def forward(self, n: int) -> Tuple[int, int]:
        if n == 0:
            self.bad += 1
            raise ValueError("zero")
        self.ok += n
        return self.ok, self.bad


@case((1,), ["other", (2,)], (1,))
class MethodsCallEachOther(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 0

    @torch.jit.export
    def other(self, k: int) -> int:
        return self.forward(k) * 10

    def forward(self, k: int) -> int:
        self.n += k
        return self.n


@torch.jit.interface
class Shape:
    def area(self) -> float:
        pass


@torch.jit.script
class Square:
    def __init__(self, a: float):
        self.a = a

    def area(self) -> float:
        return self.a * self.a


@torch.jit.script
class Circle:
    def __init__(self, r: float):
        self.r = r

    def area(self) -> float:
        return 3.0 * self.r * self.r


def area_of(s: Shape) -> float:
    return s.area()


@case((2.0, True), (2.0, False))
def class_interface(a: float, square: bool) -> float:
    if square:
        return area_of(Square(a))
    return area_of(Circle(a))


@case((3,), (0,))
def interface_list(n: int) -> float:
    shapes: List[Shape] = []
    for i in range(n):
        if i % 2 == 0:
            shapes.append(Square(float(i)))
        else:
            shapes.append(Circle(float(i)))
    total = 0.0
    for s in shapes:
        total += s.area()
    return total


@case((1,))
class UnusedExport(nn.Module):
    @torch.jit.ignore
    def python_only(self, x: int) -> int:
        return x * 2

    @torch.jit.unused
    def never(self, x: int) -> int:
        return x

    def forward(self, x: int) -> int:
        if not torch.jit.is_scripting():
            return self.python_only(x)
        return x + 1


@case((T,))
class FinalFlags(nn.Module):
    use_relu: Final[bool]
    sizes: Final[List[int]]

    def __init__(self):
        super().__init__()
        self.use_relu = True
        self.sizes = [2, 3]

    def forward(self, x: Tensor) -> Tensor:
        if self.use_relu:
            x = F.relu(x - 2)
        for s in self.sizes:
            x = x * s
        return x


@case((T,))
class ParamDictIter(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.ParameterDict(
            {
                "a": nn.Parameter(torch.ones(3)),
                "b": nn.Parameter(torch.full((3,), 2.0)),
            }
        )
        self.l = nn.ParameterList([nn.Parameter(torch.ones(3))])

    def forward(self, x: Tensor) -> Tensor:
        return x * self.p["a"] + self.p["b"] + self.l[0]


@case((T,), (T,))
class Dropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.d = nn.Dropout(0.5)
        self.eval()

    def forward(self, x: Tensor) -> Tuple[Tensor, bool]:
        return self.d(x), self.training


@case((2,), (3,))
class GlobalFunctionState(nn.Module):
    def __init__(self):
        super().__init__()
        self.xs = [1, 2]

    def forward(self, n: int) -> List[int]:
        push(self.xs, n)
        return self.xs


def push(xs: List[int], n: int) -> None:
    xs.append(n)


@case((1,), (0,), (5,))
class WithInModule(nn.Module):
    log: List[str]

    def __init__(self):
        super().__init__()
        self.log = []

    def forward(self, i: int) -> Tuple[int, int]:
        with Scope(self.log, "m"):
            x = [10, 20][i]
        return x, len(self.log)


@torch.jit.script
class Scope:
    def __init__(self, log: List[str], name: str):
        self.log = log
        self.name = name

    def __enter__(self) -> "Scope":
        self.log.append("+" + self.name)
        return self

    def __exit__(self, type: Any, value: Any, tb: Any) -> None:
        self.log.append("-" + self.name)


@case(
    (2,),
)
def with_as_self(n: int) -> List[str]:
    log: List[str] = []
    with Scope(log, "a") as s:
        s.log.append(s.name + str(n))
    return log


@case((1,), (4,))
class ForkMany(nn.Module):
    def __init__(self):
        super().__init__()
        self.total = 0

    def work(self, k: int) -> int:
        self.total += k
        return k * k

    def forward(self, n: int) -> Tuple[int, int]:
        s = 0
        for i in range(n):
            s += torch.jit.wait(torch.jit.fork(self.work, i))
        return s, self.total


@case((3, 2), (1, 0))
class ObjectArgument(nn.Module):
    def __init__(self):
        super().__init__()
        self.k = 2

    def use(self, s: Stats, n: int) -> float:
        for i in range(n):
            s.update(float(i * self.k))
        return s.total

    def forward(self, n: int, m: int) -> Tuple[float, int]:
        s = Stats()
        a = self.use(s, n)
        b = self.use(s, m)
        return a + b, s.n
