"""Modules: attributes, submodules, state that methods share."""

from enum import Enum
from typing import Dict, Final, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn

from .case import case

T = torch.arange(6.0).reshape(2, 3)


class Mode(Enum):
    A = 1
    B = 2


@case((1,), (5,), (-2,))
class IntState(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 3

    def forward(self, x: int) -> int:
        self.n += x
        return self.n


@case((T,), (T,))
class BufferState(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("b", torch.ones(2, 3))
        self.register_buffer("count", torch.tensor(0), persistent=False)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        self.b += x
        self.count += 1
        return self.b * 2, self.count * 1


@case((T,))
class Parameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.full((3,), 2.0))
        self.ps = nn.ParameterList(
            [nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3) * 2)]
        )
        self.pd = nn.ParameterDict({"a": nn.Parameter(torch.ones(3))})

    def forward(self, x: Tensor) -> Tensor:
        for p in self.ps:
            x = x * p
        return x * self.w + self.ps[0] + self.pd["a"]


@case((T,))
class Lists(nn.Module):
    def __init__(self):
        super().__init__()
        self.ms = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.Sigmoid()])
        self.s = nn.Sequential(nn.ReLU(), nn.Tanh())
        self.d = nn.ModuleDict({"a": nn.ReLU(), "b": nn.Tanh()})

    def forward(self, x: Tensor) -> Tensor:
        for i, m in enumerate(self.ms):
            x = m(x) + i
        for m in self.ms[1:]:
            x = m(x)
        x = self.ms[-1](x)
        for k, m in self.d.items():
            x = m(x) if k == "a" else x * 2
        for m in self.d.values():
            x = m(x)
        for k in self.d.keys():
            x = x + len(k)
        if "a" in self.d:
            x = self.d["a"](x)
        for m in self.s:
            x = m(x)
        return self.s(x) + len(self.ms) + len(self.s) + len(self.d)


@case((T,))
class ZipModules(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ModuleList([nn.ReLU(), nn.Tanh()])
        self.b = nn.ModuleList([nn.Sigmoid(), nn.ReLU()])

    def forward(self, x: Tensor) -> List[Tensor]:
        out: List[Tensor] = []
        for m, n in zip(self.a, self.b):
            out.append(n(m(x)))
        for i, (m, n) in enumerate(zip(self.a, self.b)):
            out.append(m(x) * i + n(x))
        return out


class Base(nn.Module):
    def __init__(self, n: int):
        super().__init__()
        self.n = n

    def helper(self, x: int) -> int:
        return x * self.n

    def forward(self, x: int) -> int:
        return self.helper(x) + 1


@case((3,))
class Derived(Base):
    def __init__(self):
        super().__init__(4)

    def helper(self, x: int) -> int:
        return x * self.n * 10


@case((3,))
class CallsSuper(Base):
    def __init__(self):
        super().__init__(5)
        self.sub = Base(2)

    def forward(self, x: int) -> int:
        return self.sub(x) + self.sub.helper(x) + self.helper(x)


@case((1,), (2,), ["reset", ()], (3,), ["get", (2,)])
class Exported(nn.Module):
    log: List[int]

    def __init__(self):
        super().__init__()
        self.log = []

    def forward(self, x: int) -> List[int]:
        self.log.append(x)
        return self.log

    @torch.jit.export
    def reset(self) -> int:
        n = len(self.log)
        self.log = torch.jit.annotate(List[int], [])
        return n

    @torch.jit.export
    def get(self, k: int) -> int:
        return len(self.log) * k


@case((3,), (-3,))
class Ignored(nn.Module):
    def __init__(self):
        super().__init__()
        self.k = 2

    @torch.jit.unused
    def debug(self, x: int) -> int:
        return x * 1000

    def forward(self, x: int) -> int:
        if x < 0:
            return self.debug(x)
        return x * self.k


@case((3,))
class Constants(nn.Module):
    __constants__ = ["c"]
    k: Final[int]

    def __init__(self):
        super().__init__()
        self.c = 5
        self.k = 7
        self.names = ["a", "b"]
        self.table = {"a": 1, "b": 2}
        self.pair = (1, "x")

    def forward(self, x: int) -> Tuple[int, List[str], int, Tuple[int, str]]:
        return x + self.c * self.k, self.names, self.table["b"], self.pair


@case((3,))
class HasAttr(nn.Module):
    def __init__(self):
        super().__init__()
        self.k = 5

    def forward(self, x: int) -> int:
        if hasattr(self, "k"):
            x = x + getattr(self, "k")
        if hasattr(self, "zzz"):
            x = x * 100
        return x + getattr(self, "missing", 7)


@case((True,), (False,))
class Training(nn.Module):
    def forward(self, x: bool) -> Tuple[bool, int]:
        if self.training:
            return self.training, 1
        return not self.training, 0


@case((Mode.A,), (Mode.B,))
class EnumAttribute(nn.Module):
    def __init__(self):
        super().__init__()
        self.mode = Mode.A

    def forward(self, m: Mode) -> Tuple[bool, int, Mode]:
        return m == self.mode, self.mode.value, self.mode


@case((Mode.B,), (Mode.A,), (Mode.A,))
class EnumState(nn.Module):
    def __init__(self):
        super().__init__()
        self.mode = Mode.A

    def forward(self, m: Mode) -> Mode:
        old = self.mode
        self.mode = m
        return old


@case((1,), (2,), (0,))
class OptionalState(nn.Module):
    last: Optional[int]
    memo: Dict[int, str]
    pairs: List[Tuple[int, str]]

    def __init__(self):
        super().__init__()
        self.last = None
        self.memo = {}
        self.pairs = []

    def forward(
        self, x: int
    ) -> Tuple[Optional[int], int, List[Tuple[int, str]]]:
        old = self.last
        self.last = x if x > 0 else None
        self.memo[x] = str(x)
        self.pairs.append((x, "p"))
        return old, len(self.memo), self.pairs


@case((T,), (T[:1],), (T[0],))
class TensorState(nn.Module):
    last: Optional[Tensor]
    cache: Dict[str, Tensor]
    seen: List[Tensor]

    def __init__(self):
        super().__init__()
        self.last = None
        self.cache = {}
        self.seen = []

    def forward(self, x: Tensor) -> Tuple[Optional[Tensor], int]:
        old = self.last
        self.last = x + 1
        self.cache[str(x.dim())] = x
        self.seen.append(x)
        return old, len(self.cache) * 10 + len(self.seen)


@torch.jit.script
class Store:
    def __init__(self, n: int):
        self.n = n
        self.log: List[str] = []

    def add(self, s: str) -> int:
        self.n += 1
        self.log.append(s)
        return self.n


@case(
    ("a",),
    ("b",),
    ["peek", ()],
    ("c",),
    ["renew", (100,)],
    ("d",),
    ["peek", ()],
)
class ObjectState(nn.Module):
    store: Store

    def __init__(self):
        super().__init__()
        self.store = Store(5)

    def forward(self, s: str) -> Tuple[int, List[str]]:
        n = self.store.add(s)
        return n, self.store.log

    @torch.jit.export
    def peek(self) -> int:
        return self.store.n * 1000

    @torch.jit.export
    def renew(self, n: int) -> int:
        self.store = Store(n)
        return self.store.n


@case(("a",), ("b",), ["total", ()], ("a",), ["total", ()])
class ObjectsInDict(nn.Module):
    stores: Dict[str, Store]
    order: List[Store]
    best: Optional[Store]

    def __init__(self):
        super().__init__()
        self.stores = {}
        self.order = []
        self.best = None

    def forward(self, s: str) -> int:
        if s not in self.stores:
            self.stores[s] = Store(0)
            self.order.append(self.stores[s])
        n = self.stores[s].add(s)
        best = self.best
        if best is None:
            self.best = self.stores[s]
        else:
            if self.stores[s].n > best.n:
                self.best = self.stores[s]
        return n

    @torch.jit.export
    def total(self) -> Tuple[int, int]:
        n = 0
        for s in self.order:
            n = n * 10 + s.n
        best = self.best
        if best is not None:
            best.n += 5
            return n, best.n
        return n, -1


@case((1,), (2,))
class ReturnsObject(nn.Module):
    store: Store

    def __init__(self):
        super().__init__()
        self.store = Store(5)

    def forward(self, n: int) -> Store:
        self.store.add(str(n))
        return self.store


@torch.jit.interface
class Op(nn.Module):
    def forward(self, x: int) -> int:
        pass


class Plus(nn.Module):
    def __init__(self, k: int):
        super().__init__()
        self.k = k

    def forward(self, x: int) -> int:
        self.k += 1
        return x + self.k


class Times(nn.Module):
    def __init__(self, k: int):
        super().__init__()
        self.k = k

    def forward(self, x: int) -> int:
        return x * self.k


@case((1, 0), (1, 1), (1, 2))
class InterfaceChoice(nn.Module):
    def __init__(self):
        super().__init__()
        self.ops = nn.ModuleList([Plus(1), Times(10), Plus(100)])

    def forward(self, x: int, i: int) -> int:
        op: Op = self.ops[i]
        return op.forward(x)


@case((1,), (2,), (3,), (4,))
class InterfaceSwap(nn.Module):
    op: Op

    def __init__(self):
        super().__init__()
        self.a = Times(2)
        self.b = Times(50)
        self.op = self.a
        self.n = 0

    def forward(self, x: int) -> int:
        self.n += 1
        return self.op.forward(x) + self.n


@case((2,), (3,))
class Submodule(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = IntState()
        self.b = IntState()

    def forward(self, x: int) -> Tuple[int, int, int]:
        y = self.a(x)
        z = self.b(y)
        self.a.n += 100
        return y, z, self.a.n


@case((2,), (3,))
class SharedSubmodule(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Plus(0)
        self.ms = nn.ModuleList([self.a, self.a])

    def forward(self, x: int) -> int:
        for m in self.ms:
            x = m(x)
        return x


@case((1,))
class PropertyModule(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 4

    @property
    def double(self) -> int:
        return self.n * 2

    @double.setter
    def double(self, v: int) -> None:
        self.n = v // 2

    def forward(self, x: int) -> Tuple[int, int]:
        y = self.double + x
        self.double = 100
        return y, self.n


@case((2,), (-1,))
class RaisesAfterWrite(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 0

    def forward(self, x: int) -> int:
        self.n += 1
        if x < 0:
            raise ValueError(f"negative after {self.n}")
        return self.n


@case((3,))
class Hooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Times(3)

    def forward(self, x: int) -> int:
        return self.inner(x)


def outer_function(x: int, k: int = 4) -> int:
    return x * k


@case((3,))
class CallsFunction(nn.Module):
    def forward(self, x: int) -> int:
        return outer_function(x) + outer_function(x, k=2)


class Pt(NamedTuple):
    x: Tensor
    n: int


@case((T, 2))
class NamedResult(nn.Module):
    def forward(self, x: Tensor, n: int) -> Pt:
        return Pt(x * n, n)


@case((T,))
class DictResult(nn.Module):
    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        return {"a": x, "b": x + 1}


@case(([T, T],))
class ListArgument(nn.Module):
    def forward(self, xs: List[Tensor]) -> Tensor:
        out = torch.zeros(2, 3)
        for x in xs:
            out += x
        return out


@case((T, None), (T, T))
class OptionalArgument(nn.Module):
    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        if mask is not None:
            x = x * mask
        return x


@case((1,), (2,))
class ListOfStates(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.ModuleList([IntState(), IntState()])

    def forward(self, x: int) -> List[int]:
        out: List[int] = []
        for c in self.cells:
            out.append(c(x))
            x *= 10
        return out


@case((1,))
class NoneAttribute(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias = None
        self.register_parameter("p", None)

    def forward(self, x: int) -> int:
        if self.bias is None and self.p is None:
            return x
        return -x


@case((1,), (1,))
class TupleState(nn.Module):
    def __init__(self):
        super().__init__()
        self.t = (1, 2.5, "s")
        self.flag = False
        self.f = 0.5
        self.s = ""

    def forward(
        self, x: int
    ) -> Tuple[Tuple[int, float, str], bool, float, str]:
        a, b, c = self.t
        self.t = (a + x, b * 2, c + "!")
        self.flag = not self.flag
        self.f /= 2
        self.s += "x"
        return self.t, self.flag, self.f, self.s


@case((3,))
class NestedContainers(nn.Module):
    def __init__(self):
        super().__init__()
        self.d = {"a": [1, 2], "b": [3]}
        self.ll = [[1.5], [2.5, 3.5]]
        self.dd = {1: {"x": 2}}

    def forward(self, x: int) -> Tuple[int, float, int]:
        return self.d["a"][1] * x, self.ll[1][0], self.dd[1]["x"]


@case((5,), (1,))
class SequentialOfOwn(nn.Module):
    def __init__(self):
        super().__init__()
        self.s = nn.Sequential(Times(2), Times(3), Times(7))

    def forward(self, x: int) -> int:
        y = x
        for m in self.s:
            y = m(y)
        return y + self.s[1](x)


@case((T,), (T,))
class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.bn = nn.BatchNorm1d(3)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return self.bn(x), self.bn.running_mean + 0


@case((2,))
class CopiesMethod(nn.Module):
    def helper(self, x: int) -> int:
        if x > 1:
            return x * 2
        return 0

    def other(self, x: int) -> str:
        return str(self.helper(x))

    def forward(self, x: int) -> str:
        return self.other(x) + self.other(x - 1)


@case((1,), (3,))
class ModuleWithClass(nn.Module):
    def forward(self, n: int) -> Tuple[int, List[str]]:
        s = Store(n)
        for i in range(n):
            s.add(str(i))
        return s.n, s.log


@case((1,), (2,), ["swap", ()], (1,), (2,))
class TwoStores(nn.Module):
    first: Store
    second: Store

    def __init__(self):
        super().__init__()
        self.first = Store(1)
        self.second = Store(100)

    def forward(self, n: int) -> Tuple[int, int]:
        self.first.add(str(n))
        if n > 1:
            self.second.add("x")
        return self.first.n, self.second.n

    @torch.jit.export
    def swap(self) -> bool:
        self.first, self.second = self.second, self.first
        return self.first is self.second


@case((1,), (2,), (1,))
class SameObjectTwice(nn.Module):
    first: Store
    second: Store

    def __init__(self):
        super().__init__()
        self.first = Store(1)
        self.second = Store(2)

    def forward(self, n: int) -> Tuple[int, int, bool]:
        if n > 1:
            self.second = self.first
        self.second.add("a")
        return self.first.n, self.second.n, self.first is self.second


def gives_perhaps(self, input: Tuple[Tensor], result: Tensor
                  ) -> Optional[Tensor]:
    if input[0].sum() > 0:
        return result + 1
    return None


@case((torch.ones(2),), (-torch.ones(2),))
class HookOfNone(nn.Module):
    """What a hook gives replaces the result, unless it is None."""

    def __init__(self):
        super().__init__()
        self.register_forward_hook(gives_perhaps)

    def forward(self, x: Tensor) -> Tensor:
        return x * 2


class HookedRoot(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0
        self.register_forward_pre_hook(counts)
        self.register_forward_pre_hook(shifts)
        self.register_forward_hook(gives_both)
        self.register_forward_hook(says)

    def forward(self, x: Tensor, k: int = 2) -> Tensor:
        return x * k + self.calls


def counts(self, input: Tuple[Tensor, int]) -> None:
    self.calls += 1


def shifts(self, input: Tuple[Tensor, int]) -> Tuple[Tensor, int]:
    return input[0] + self.calls, input[1] + 1


def gives_both(self, input: Tuple[Tensor, int], result: Tensor
               ) -> List[Tensor]:
    return [result, input[0]]


def says(self, input: Tuple[Tensor, int], result: List[Tensor]) -> None:
    print("hook", len(result), input[1])


class OneHook(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_forward_pre_hook(doubles)

    def forward(self, x: Tensor) -> Tensor:
        return x + 1


def doubles(self, input: Tuple[Tensor]) -> Tensor:
    return input[0] * 2


case((torch.ones(2), 3), (torch.ones(1), 1))(HookedRoot)
case((torch.ones(2),))(OneHook)


@case((torch.ones(2),))
class HookedPart(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = OneHook()

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return self.part(x), self.part.forward(x)
