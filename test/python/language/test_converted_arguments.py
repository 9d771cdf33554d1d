"""Arguments of another type than the parameter's become what PyTorch makes of
them, or are refused as PyTorch refuses them, with the first call and later."""
import contextlib
import enum
import inspect
import sys
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import minitorch
import numpy as np
import pytest
import torch
from agreement import boxed_form, check_calls, difference
from sections.case import case
from torch import Tensor
from torch._jit_internal import BroadcastingList2


@case((3,), (2.5,), (True,))
def to_float(x: float):
    return str(x), torch.arange(x), torch.full([1], x)


@case((True,), (3,))
def to_int(n: int):
    return n, str(n)


@case((1,), (True,), (0,))
def to_bool(c: bool):
    return c, str(c)


@case((3,), (2j,), (0.5,))
def to_complex(z: complex):
    return z


@case((1,), (2.5,), (None,))
def to_optional(x: Optional[float]):
    return x


@case(([True, 2.5],), ([1, 2],), ([],))
def to_list(xs: List[float]):
    return xs


@case(({"a": 1},), ({"b": 2.5, "c": True},))
def to_dict(d: Dict[str, float]):
    return d


PROGRAMS = sys.modules[__name__].CASES


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name, boxed):
    check_calls(*PROGRAMS[name], boxed)


class Level(enum.IntEnum):
    LOW = 1


class Text(str, enum.Enum):
    A = "a"


class Range(NamedTuple):
    low: float
    high: Optional[int]


class HasIndex:
    def __index__(self):
        return 7


class HasInt:
    def __int__(self):
        return 9


class HasFloat:
    def __float__(self):
        return 7.5


class HasBool:
    def __bool__(self):
        return False


class HasItems:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        return i


NUMBERS = [
    None, True, 0, 3, -4, 2**63, 2**64, 2.5, 2.0, float("inf"),
    1 + 2j, "ab", "", b"ab", [], [1, 2], (), (1, 2), {}, range(3),
    torch.Size([1, 2]), np.int64(4), np.uint8(4), np.float32(0.5),
    np.float64(0.5), np.bool_(True), np.complex64(1j), np.array(3),
    np.array(3.5), np.array([1, 2]), torch.tensor(3), torch.tensor(2.5),
    torch.tensor(True), torch.tensor([5]), torch.tensor([1, 2]),
    torch.tensor(1j), torch._neg_view(torch.tensor(3)), torch.float32,
    torch.strided, torch.channels_last, torch.device("cpu"), HasIndex(),
    HasInt(), HasFloat(), HasBool(), HasItems(), Level.LOW, Text.A,
]
LISTS = [
    None, 3, 2.5, "ab", b"ab", [], [1, 2], [1.5, 2], [True, 0], [None], (1, 2),
    (2.5, 1), range(3), {1}, {}, {1: 2}, {1: 2}.values(), {1: 2}.keys(),
    torch.Size([1, 2]), np.array([1, 2]), np.array([1.5, 2]),
    np.array([1.5, 2], dtype=np.float32), np.array([True, False]), np.array(3),
    np.ones((2, 2)), [np.int64(1), np.float32(2)], torch.tensor([1, 2]),
    [torch.tensor(1), torch.tensor(2.5)], (torch.ones(1), torch.ones(1)),
    [torch.float32], [2**64], HasItems(), lambda: (i for i in range(2)),
    ["a", "b"], ("a", "b"), [[1], (2, 3)], [(1, 2)], [(1, [2])],
    ([1, 2], (3, 4)), [[2, 1], (2.5, 1)], (2, [1]), [3, (1, True)],
]
DICTS = [None, {}, {"a": 1}, {"a": 1, "b": 2.5}, {"a": None}, {1: 1},
         [("a", 1)], [], (), {"a": (1, 2)}, {"a": [True, 2]}, {True: 0},
         {2: "x"}, {"a": torch.tensor(2)}]


def pair(x: BroadcastingList2[int]):
    return x


def pair_of_floats(x: BroadcastingList2[float]):
    return x


def optional_pair(x: Optional[BroadcastingList2[int]]):
    return x


# By the type, or a function: what is given, and a value that an example may have.
GIVEN = {
    int: (NUMBERS, 1), float: (NUMBERS, 1.5), bool: (NUMBERS, True),
    complex: (NUMBERS, 1j), str: (NUMBERS, "s"), Optional[int]: (NUMBERS, None),
    Optional[bool]: (NUMBERS, True), List[int]: (LISTS, [1]),
    List[float]: (LISTS, [0.5]), List[bool]: (LISTS, [True]),
    List[complex]: (LISTS, [1j]), List[Tensor]: (LISTS, [torch.ones(1)]),
    List[str]: (LISTS, ["s"]), List[List[int]]: (LISTS, [[1]]),
    Optional[List[int]]: (LISTS, None), Tuple[float, int]: (LISTS, (0.5, 1)),
    Tuple[int, List[float]]: (LISTS, (1, [0.5])), Range: (LISTS, Range(0.5, 1)),
    List[Range]: (LISTS, [Range(0.5, 1)]),
    List[Tuple[float, int]]: (LISTS, [(0.5, 1)]),
    pair: (LISTS, [1]), pair_of_floats: (LISTS, [0.5]),
    optional_pair: (LISTS, None),
    Dict[str, float]: (DICTS, {"s": 0.5}), Dict[str, bool]: (DICTS, {}),
    Dict[int, Optional[float]]: (DICTS, {1: 0.5}),
    Dict[str, Tuple[float, int]]: (DICTS, {"s": (0.5, 1)}),
    Dict[str, List[int]]: (DICTS, {"s": [1]}),
}
IDS = [str(kind).replace("typing.", "") if hasattr(kind, "__origin__")
       else kind.__name__ for kind in GIVEN]


def result(function, value):
    try:
        made = function(value() if type(value) is type(lambda: 0) else value)
        return ("value", made), "", ()
    except minitorch.InputError:
        return ("refused", None), "", ()
    except RuntimeError as error:
        assert "Expected a value of type" in str(error), str(error)
        return ("refused", None), "", ()
    except TypeError:
        return ("refused", None), "", ()


def scripted_echo(kind):
    if inspect.isfunction(kind):
        return torch.jit.script(kind)
    # TorchScript looks the name up in the globals.
    globals()["KIND"] = kind

    def echo(x: KIND):  # noqa: F821
        return x

    return torch.jit.script(echo)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", ["lazy", "example", "boxed"])
@pytest.mark.parametrize("kind", GIVEN, ids=IDS)
def test_every_value(kind, form):
    values, example = GIVEN[kind]
    scripted = scripted_echo(kind)
    found = {}
    with boxed_form() if form == "boxed" else contextlib.nullcontext():
        compiled = minitorch.compile(
            scripted, None if form == "lazy" else (example,), fallback=False)
        for value in values:
            expected, got = result(scripted, value), result(compiled, value)
            assert got[0][0] == expected[0][0], (value, expected, got)
            if expected[0][0] == "value":
                assert not difference(expected, got), (value, expected, got)
            found[expected[0][0]] = True
    assert len(found) == 2, found


def test_by_name():
    compiled = minitorch.compile(torch.jit.script(to_float), fallback=False)
    assert compiled(x=3)[0] == "3."
    assert compiled(x=True)[0] == "1."
    with pytest.raises(minitorch.InputError, match="argument 'x': expected fl"):
        compiled(x="3")


def test_devices():
    def on(x: Tensor, device: torch.device):
        return x.to(device), str(device), device.type

    scripted = torch.jit.script(on)
    compiled = minitorch.compile(scripted, fallback=False)
    x = torch.ones(2)
    for device in ("cpu", torch.device("cpu")):
        assert compiled(x, device)[1:] == scripted(x, device)[1:]
    for device in ("nowhere", 3, None):
        with pytest.raises(RuntimeError):
            scripted(x, device)
        with pytest.raises(minitorch.InputError):
            compiled(x, device)


class Entries(torch.nn.Module):
    def forward(self, x: Tensor, size: BroadcastingList2[int],
                scale: float = 1) -> Tensor:
        return x.expand(size) * scale

    @torch.jit.export
    def named(self, r: Range, on: bool = False) -> Tuple[float, bool]:
        return r.low, on


def test_every_entry():
    scripted, x = torch.jit.script(Entries()), torch.ones(1)
    calls = [((x, 3), {}), ((x, (2, 3)), {"scale": 2}),
             ((x,), {"size": np.array([2, 2]), "scale": np.int64(3)}),
             ((), {"x": x, "size": torch.Size([1, 2]), "scale": True})]
    for example in (None, (x, 2), (x, (2, 2), 3), {"x": x, "size": 2},
                    [x, range(1, 3)]):
        compiled = minitorch.compile(scripted, example, fallback=False)
        for args, kwargs in calls:
            got, expected = compiled(*args, **kwargs), scripted(*args, **kwargs)
            assert torch.equal(got, expected) and got.dtype == expected.dtype
        for method in (compiled.named, compiled.method("named")):
            for args in (((2, None),), ([3, True], 2.5), (Range(1, 2), None)):
                assert repr(method(*args)) == repr(scripted.named(*args))
            with pytest.raises(minitorch.InputError, match="'r': expected Named"):
                method((1, 2, 3))
        with pytest.raises(minitorch.InputError, match="'scale'"):
            compiled(x, 2, "3")
    with pytest.raises(minitorch.InputError, match="'scale'"):
        minitorch.compile(scripted, (x, 2, None), fallback=False)
    assert minitorch.mlir(scripted, (x, 2, 3))


def test_a_single_example():
    """Without a tuple around it."""
    scripted = torch.jit.script(to_float)
    compiled = minitorch.compile(scripted, 3, fallback=False)
    assert compiled(4)[0] == "4."


def test_a_converted_list_is_a_copy():
    def grown(xs: List[float]) -> int:
        xs.append(1.0)
        return len(xs)

    compiled = minitorch.compile(torch.jit.script(grown), fallback=False)
    for value in ([1], [1.5], np.array([1.5])):
        before = list(value)
        assert compiled(value) == 2 and list(value) == before


# Tensors whose memory holds other elements than they have.

def complexes():
    return torch.tensor([1 + 2j, 3 - 1j])


def reals():
    return torch.arange(6.0).reshape(2, 3)


OTHERS = {
    "imag": lambda: complexes().conj().imag,
    "neg": lambda: torch._neg_view(reals()),
    "transposed": lambda: torch._neg_view(reals()).t(),
    "conj": lambda: complexes().conj(),
    "both": lambda: torch._neg_view(complexes().conj()),
    "expanded": lambda: torch._neg_view(torch.ones(1)).expand(3),
    "single": lambda: torch._neg_view(torch.tensor(3.0)),
    "nan": lambda: torch._neg_view(torch.tensor([float("nan"), 1.0])),
    "ints": lambda: torch._neg_view(torch.arange(4)),
    "empty": lambda: torch._neg_view(torch.ones(0)),
}


def read(x: Tensor) -> Tuple[Tensor, Tensor]:
    return x * 2, x


def written(x: Tensor) -> Tensor:
    x.add_(1)
    return x * 2


def written_then_raises(x: Tensor) -> Tensor:
    x[0] = 5
    assert x.dim() == 7
    return x


def turned(x: Tensor) -> Tensor:
    x.unsqueeze_(0)
    x.add_(1)
    return x


def in_list(x: List[Tensor]) -> Tensor:
    x[0].mul_(2)
    return x[0] + x[1]


def in_dict(x: Dict[str, Tensor]) -> Tensor:
    x["a"].mul_(2)
    return x["a"] + 1


def in_tuple(x: Tuple[Tensor, int]) -> Tensor:
    return x[0] * x[1]


def in_optional(x: Optional[Tensor]) -> Tensor:
    assert x is not None
    return x + 1


def lies(x: Tensor) -> Tuple[List[int], bool, Tensor]:
    return x.stride(), x.is_contiguous(), x.t()


WRAPPED = {in_list: lambda x: [x, x], in_dict: lambda x: {"a": x},
           in_tuple: lambda x: (x, 3)}


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("program", [read, written, written_then_raises, turned,
                                     in_list, in_dict, in_tuple, in_optional,
                                     lies], ids=lambda f: f.__name__)
def test_memory_of_other_elements(program, boxed):
    scripted = torch.jit.script(program)
    with boxed_form() if boxed else contextlib.nullcontext():
        compiled = minitorch.compile(scripted, fallback=False)
        for name, make in OTHERS.items():
            def run(function):
                x = make()
                arg = WRAPPED[program](x) if program in WRAPPED else x
                try:
                    value = ("value", function(arg))
                except (RuntimeError, torch.jit.Error):
                    value = ("raises", None)
                return value, "", (x, x._base, x.is_neg(), x.is_conj())

            expected, got = run(scripted), run(compiled)
            if (name, program) == ("expanded", turned):
                # PyTorch raises when it is turned.
                expected, got = expected[0][0], got[0][0]
                assert expected == got == "raises"
                continue
            assert got[0][0] == expected[0][0], (name, expected, got)
            if got[0][0] == "raises":
                expected, got = ((("value", None), *each[1:])
                                 for each in (expected, got))
            assert not difference(expected, got), (name, expected, got)


def test_memory_of_other_elements_is_the_argument():
    def same(x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
        x.add_(y)
        return x, y

    compiled = minitorch.compile(torch.jit.script(same), fallback=False)
    for make in (OTHERS["imag"], OTHERS["conj"]):
        x, expected = make(), make() * 2
        a, b = compiled(x, x)
        assert a is x and b is x
        assert torch.equal(x, expected)


def test_ints_that_do_not_fit():
    def echo(x: Any) -> Any:
        return x

    compiled = minitorch.compile(torch.jit.script(echo), fallback=False)
    for value in (2**63, -2**63 - 1, [2**64]):
        with pytest.raises(minitorch.InputError, match="64 bits"):
            compiled(value)
    assert compiled(2**63 - 1) == 2**63 - 1
