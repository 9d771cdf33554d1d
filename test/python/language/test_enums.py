"""Members of enums: as constants, arguments, results and attributes, in
containers and behind branches. What comes out is the member itself."""
import copy
from enum import Enum, IntEnum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import minitorch
import pytest
import torch
from agreement import check, differ, outcome


class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


class Mode(str, Enum):
    NEAREST = "nearest"
    BILINEAR = "bilinear"


class Scale(Enum):
    HALF = 0.5
    WHOLE = 1.0


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Paint(NamedTuple):
    color: Color
    coats: int


def echo(c: Color) -> Color:
    return c


def compare(c: Color) -> Tuple[bool, bool, bool]:
    return c == Color.RED, c != Color.RED, c == c


def compare_two(a: Color, b: Color) -> Tuple[bool, bool]:
    return a == b, a != b


def parts(c: Color, m: Mode, s: Scale) -> Tuple[str, int, str, str, str, float]:
    return c.name, c.value, m.name, m.value, s.name, s.value


def constant_parts() -> Tuple[str, int, str, float]:
    return (Color.BLUE.name, Color.BLUE.value, Mode.BILINEAR.value,
            Scale.WHOLE.value)


def branch(n: int) -> Color:
    c = Color.RED
    if n > 0:
        c = Color.BLUE
    elif n < 0:
        c = Color.GREEN
    return c


def branch_parts(n: int) -> Tuple[str, int, str]:
    c, m = Color.RED, Mode.NEAREST
    if n > 0:
        c, m = Color.GREEN, Mode.BILINEAR
    return c.name, c.value * 2, m.value + "!"


def float_value(n: int) -> float:
    s = Scale.HALF
    if n > 0:
        s = Scale.WHOLE
    return s.value * n


def looped(n: int) -> Tuple[Color, int]:
    c = Color.RED
    turns = 0
    for i in range(n):
        if c == Color.RED:
            c = Color.GREEN
        elif c == Color.GREEN:
            c = Color.BLUE
        else:
            c = Color.RED
        turns += c.value
    return c, turns


def until(limit: int) -> Color:
    c = Color.RED
    i = 0
    while c != Color.BLUE and i < limit:
        i += 1
        if i == 3:
            c = Color.BLUE
    return c


def members() -> List[Color]:
    return [c for c in Color]


def printed_members(n: int) -> int:
    total = 0
    for c in Color:
        if c.value > n:
            print(c, c.name)
        total += c.value
    return total


def listed(n: int) -> List[Color]:
    out: List[Color] = []
    for i in range(n):
        out.append(Color.RED if i % 2 == 0 else Color.BLUE)
    return out


def list_argument(cs: List[Color]) -> Tuple[int, Color, List[Color]]:
    total = 0
    for c in cs:
        total += c.value
    cs.append(Color.GREEN)
    return total, cs[0], cs[1:]


def dict_of_members(d: Dict[str, Color], k: str) -> Tuple[Color, bool]:
    d["new"] = Color.GREEN
    return d[k], d.get("x") is None


def by_value(n: int) -> Dict[int, Color]:
    out: Dict[int, Color] = {}
    for c in Color:
        if c.value <= n:
            out[c.value] = c
    return out


def tuple_of_members(t: Tuple[Color, int]) -> Tuple[int, Color, Tuple[Color]]:
    c, n = t
    return n, c, (c,)


def optional(c: Optional[Color]) -> Color:
    if c is None:
        return Color.GREEN
    return c


def maybe(n: int) -> Optional[Color]:
    c: Optional[Color] = None
    if n > 0:
        c = Color.BLUE
    return c


def nested(xs: List[Optional[Color]]) -> int:
    total = 0
    for x in xs:
        if x is not None:
            total += x.value
        else:
            total += 10
    return total


def text(c: Color, m: Mode) -> Tuple[str, str, str]:
    return str(c), f"{c} and {m}", "%s" % c


def text_of_containers(c: Color) -> Tuple[str, str, str]:
    return str([c, Color.RED]), str((c,)), str({"a": c})


def printed(c: Color, n: int) -> int:
    print(c, [c], (n, c), {n: c})
    print(Color.RED, Mode.NEAREST)
    return n


def raised(c: Color) -> int:
    if c == Color.RED:
        raise ValueError("no " + c.name)
    if c == Color.BLUE:
        raise RuntimeError(f"not {c}")
    return c.value


def default(n: int, c: Color = Color.GREEN) -> Tuple[int, Color]:
    return n, c


def union(x: Union[Color, int]) -> str:
    if isinstance(x, Color):
        return x.name
    else:
        return str(x)


def _any(x: Any) -> Any:
    return x


# PyTorch crashes on returns of several types.
def any_result(n: int) -> Any:
    x = _any(n)
    if n == 0:
        x = _any(Color.RED)
    if n == 1:
        x = _any([Color.RED, Color.BLUE])
    if n == 2:
        x = _any(Mode.BILINEAR)
    return x


def named_tuple(p: Paint, c: Color) -> Paint:
    if p.color == c:
        return Paint(c, p.coats + 1)
    return p


def int_enum(a: Level) -> Tuple[int, bool, Level]:
    return a.value + 1, a == Level.LOW, a


def chosen_work(x: torch.Tensor, m: Mode) -> torch.Tensor:
    if m == Mode.NEAREST:
        return x * 2
    return x - 1


def value_in_list(n: int) -> bool:
    m = Mode.NEAREST
    if n == 0:
        m = Mode.BILINEAR
    return m.value in ["nearest", "bicubic"]


def _pick(c: Color) -> Color:
    if c == Color.RED:
        return Color.BLUE
    return Color.RED


def called(c: Color, n: int) -> Tuple[Color, Color]:
    return _pick(c), _pick(_pick(c))


def hashed(c: Color) -> int:
    return hash(c)


EACH = [(Color.RED,), (Color.GREEN,), (Color.BLUE,)]
COUNTS = [(2,), (0,), (-1,), (5,)]
CASES = {
    echo: EACH,
    compare: EACH,
    compare_two: [(Color.RED, Color.RED), (Color.RED, Color.BLUE),
                  (Color.BLUE, Color.BLUE)],
    parts: [(Color.RED, Mode.NEAREST, Scale.HALF),
            (Color.BLUE, Mode.BILINEAR, Scale.WHOLE)],
    constant_parts: [()],
    branch: COUNTS,
    branch_parts: COUNTS,
    float_value: COUNTS,
    looped: COUNTS,
    until: COUNTS,
    members: [()],
    printed_members: COUNTS,
    listed: COUNTS,
    list_argument: [([Color.RED, Color.BLUE],), ([Color.GREEN],),
                    ([Color.BLUE] * 4,)],
    dict_of_members: [({"a": Color.RED}, "a"), ({"a": Color.RED}, "new"),
                      ({}, "a"), ({"b": Color.BLUE, "c": Color.RED}, "c")],
    by_value: COUNTS,
    tuple_of_members: [((Color.RED, 1),), ((Color.BLUE, 2),)],
    optional: [(None,), *EACH],
    maybe: COUNTS,
    nested: [([Color.RED, None],), ([],), ([None],), ([Color.BLUE],)],
    text: [(Color.RED, Mode.NEAREST), (Color.BLUE, Mode.BILINEAR)],
    text_of_containers: EACH,
    printed: [(Color.RED, 1), (Color.BLUE, 2)],
    raised: EACH,
    default: [(1,), (2, Color.RED), (3, Color.BLUE)],
    union: [(Color.RED,), (3,), (Color.BLUE,)],
    any_result: [(0,), (1,), (2,), (3,)],
    named_tuple: [(Paint(Color.RED, 1), Color.RED),
                  (Paint(Color.RED, 2), Color.BLUE)],
    int_enum: [(Level.LOW,), (Level.HIGH,)],
    chosen_work: [(torch.ones(2), Mode.NEAREST),
                  (torch.ones(3), Mode.BILINEAR)],
    value_in_list: COUNTS,
    called: [(Color.RED, 1), (Color.BLUE, 2)],
    hashed: EACH,
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_enums(function):
    check(function, *CASES[function])


def test_the_member_itself():
    compiled = minitorch.compile(torch.jit.script(branch), (1,))
    assert compiled(1) is Color.BLUE and compiled(0) is Color.RED


class Painter(torch.nn.Module):
    mode: Mode
    color: Color
    seen: List[Color]
    best: Dict[str, Color]
    last: Optional[Color]
    paint: Paint

    def __init__(self):
        super().__init__()
        self.mode = Mode.NEAREST
        self.color = Color.RED
        self.seen = [Color.BLUE]
        self.best = {"a": Color.GREEN}
        self.last = None
        self.paint = Paint(Color.BLUE, 1)


class Read(Painter):
    def forward(self, x: torch.Tensor) -> Tuple[torch.Tensor, Color, str]:
        if self.mode == Mode.BILINEAR:
            x = x * 3
        elif self.mode != Mode.NEAREST:
            x = x * 5
        return x + self.color.value, self.seen[0], self.best["a"].name


class Write(Painter):
    def forward(self, c: Color) -> Tuple[Color, int]:
        old = self.color
        self.color = c
        return old, c.value


class WriteAll(Painter):
    def forward(self, c: Color) -> Tuple[List[Color], Optional[Color], Paint]:
        self.seen.append(c)
        self.best[c.name] = c
        last = self.last
        self.last = c
        self.paint = Paint(c, self.paint.coats + 1)
        return self.seen, last, self.paint


class WriteAndRaise(Painter):
    def forward(self, c: Color) -> Color:
        old = self.color
        self.color = c
        if c == Color.BLUE:
            raise ValueError(c.name)
        return old


ATTRIBUTES = [(Read, [(torch.ones(2),), (torch.zeros(2),)]),
              (Write, EACH + EACH), (WriteAll, EACH + EACH),
              (WriteAndRaise, EACH + EACH)]


@pytest.mark.parametrize("module, calls", ATTRIBUTES,
                         ids=lambda v: getattr(v, "__name__", ""))
def test_attributes(module, calls):
    scripted = torch.jit.script(module())
    oracle = copy.deepcopy(scripted)
    compiled = minitorch.compile(scripted, calls[0], fallback=False)
    for args in calls:
        expected, got = outcome(oracle, args), outcome(compiled, args)
        assert not differ(expected, got), (args, expected, got)


class Static(Painter):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.mode == Mode.BILINEAR:
            return x * 3
        elif self.mode.value == "nearest":
            return x * 5
        return x


def test_constant_attributes_cost_nothing():
    text = minitorch.mlir(torch.jit.script(Static()), (torch.ones(2),))
    assert "mt.c" not in text and "scf.if" not in text


def identity(c: Color, d: Color) -> List[bool]:
    same = c
    red = Color.RED
    # Every mention is an object of its own, and so is every argument.
    return [c is Color.RED, Color.RED is Color.RED, c is same, c is not d,
            red is red, red is not Color.RED]


class RemembersIdentity(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.color = Color.RED

    def forward(self, c: Color) -> List[bool]:
        return [self.color is Color.RED, self.color is c,
                self.color is self.color]


def in_a_list(c: Color) -> bool:
    return [c][0] is c


def in_any_list(cs: List[Color], c: Color) -> bool:
    return cs[0] is c


def test_identity():
    check(identity, (Color.RED, Color.RED), (Color.RED, Color.GREEN))
    check(RemembersIdentity(), (Color.RED,))
    check(in_a_list, (Color.RED,))


def test_identity_of_what_a_list_holds_is_refused():
    with pytest.raises(minitorch.CompileError, match="__is__"):
        minitorch.compile(torch.jit.script(in_any_list),
                          ([Color.RED], Color.RED), fallback=False)


def test_member_of_another_enum():
    compiled = minitorch.compile(torch.jit.script(echo), (Color.RED,))
    with pytest.raises(minitorch.InputError):
        compiled(Mode.NEAREST)
