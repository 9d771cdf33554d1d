"""Every language feature imports, and what is imported verifies."""
import enum
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import numpy as np
import pytest
import torch
from torch import Tensor, nn

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
TOOLS = os.environ.get("MINITORCH_TOOLS_DIR", os.path.join(ROOT, "build/bin"))


def find_tool(name):
    path = os.path.join(TOOLS, name)
    return path if os.path.exists(path) else shutil.which(name)


MT_IMPORT, MT_OPT = find_tool("mt-import"), find_tool("mt-opt")
pytestmark = pytest.mark.skipif(
    not (MT_IMPORT and MT_OPT), reason="mt-import or mt-opt was not built")


def run(*command, status=0):
    done = subprocess.run(command, capture_output=True, timeout=300)
    assert done.returncode == status, done.stderr.decode(errors="replace")
    return done


def import_model(model, tmp_path, *options):
    """The text of the imported `model`, after a round trip through mt-opt."""
    path = str(tmp_path / "model.pt")
    torch.jit.save(model, path)
    out = str(tmp_path / "model.mlir")
    run(MT_IMPORT, path, "-o", out, *options)
    return run(MT_OPT, out).stdout.decode()


# --- Functions ---------------------------------------------------------------

def branches(x: int, a: Tensor):
    if x > 0:
        a = a + 1
    elif x == 0:
        a = a - 1
    else:
        a = -a
    return a if x < 5 and not a.dim() == 2 else a * 2


def comparisons(k: int, xs: List[int], d: Dict[str, int], s: str):
    return 0 < k <= 3, k in xs, "k" in d, "b" in s, k not in xs, xs is xs


def loops(n: int, xs: List[int], t: Tensor, w: str, d: Dict[str, int]):
    k = 0
    while n > 1:
        n = n // 2
        k += 1
    while True:
        n += 1
        if n > 9:
            break
    for i in range(2, n, 3):
        k += i
    for x in xs:
        if x < 0:
            continue
        k += x
    for r in t:
        k += int(r.sum())
    for c in w:
        k += len(c)
    for key, value in d.items():
        k += value
    for v in (k, 2):
        k = k + v
    for i, x in enumerate(xs):
        for j in range(i):
            k += j
    for x, y in zip(xs, xs):
        k += x * y
    return k


def early_return(xs: List[int]):
    for x in xs:
        if x < 0:
            return x
    return 0


def tuples(t: Tuple[int, Tuple[int, str]], xs: List[int]):
    a, (b, c) = t
    d, e = xs
    a, *rest = (b, a, d)
    return a, c, e, len(rest), t[1], t[-1][1]


def numbers(a: int, b: float, x: Tensor):
    a += 2
    x = x * 3
    c = a % a
    return (a / a, b / b, x / 2, 2 / x, a // a, b // b, x // x, c, b % b, a ** a,
            2 ** x, a & 1, a << 1, ~x.to(torch.bool), round(b), abs(a),
            divmod(a, a), min(a, 3), float(a), bool(b), int(b), complex(b, 1.0))


def lists(xs: List[int], s: str, x: Tensor):
    xs.append(1)
    xs.extend([2])
    xs.insert(0, 3)
    xs.sort()
    xs.reverse()
    del xs[0]
    ys = [v * 2 for v in xs]
    return xs[1:], s[:2], x[1:3], xs[::2], xs[-1], sorted(xs), list(xs), ys, xs * 2


def dicts(d: Dict[str, int]):
    d["a"] = 1
    e = {1: 2.0, 3: 4.0}
    return (d.get("b"), d.pop("a"), list(d.keys()), list(e.values()),
            {k: v for k, v in d.items()}, len(e))


def strings(s: str, a: int):
    print("a", a)
    return (f"{a}!", "{} {}".format(a, a), "%d" % a, s.upper(), s.split(","),
            ",".join([s]), ord(s), chr(a), hex(a), str(a), s[0])


def optionals(x: Optional[int], y: Union[int, str], z: Any):
    if x is not None:
        n = x + 1
    else:
        n = 0
    if isinstance(y, int):
        n += y
    else:
        n += len(y)
    if torch.jit.isinstance(z, List[int]):
        n += len(z)
    return n, None if n > 3 else x


def checks(a: int):
    assert a > 0, "msg"
    if a > 100:
        raise ValueError("too big")
    return a


def indexing(x: Tensor, i: Tensor):
    x[0] = 1.0
    x[i] = 2.0
    x[1:3] = x[0]
    x[0] += 1
    x[i] += 1
    return x[None], x[..., 0], x[x > 0], x.add_(1).zero_()


def queries(x: Tensor):
    return (x.shape, x.size(0), x.dtype, x.device, len(x), x.is_contiguous(),
            torch.zeros(2, dtype=torch.int64, device=x.device), x.to("cpu"),
            x.item(), x.tolist() if False else x.numel())


def to_list(x: Tensor):
    rows: List[List[float]] = x.tolist()
    return rows


def square(x: Tensor):
    return x * x


def futures(x: Tensor):
    f = torch.jit.fork(square, x)
    a = torch.jit._awaitable(square, x)
    return torch.jit.wait(f) + torch.jit._awaitable_wait(a)


def generators(x: Tensor):
    torch.manual_seed(3)
    return torch.rand_like(x) + torch.randn(2, 3, generator=None)


def grad_modes(x: Tensor):
    with torch.no_grad():
        y = x * 2
    return y


def default_argument(a: int, b: int = 2, c: Optional[float] = None):
    return a + b


def calls_with_defaults(a: int):
    return default_argument(a), default_argument(b=a, a=3, c=1.0)


@torch.jit.script
class Accumulator:
    def __init__(self, k: int):
        self.k = k

    def add(self, n: int) -> int:
        self.k += n
        return self.k

    def __len__(self) -> int:
        return self.k

    @staticmethod
    def make(k: int):
        return Accumulator(k)


def classes(a: int):
    c = Accumulator.make(a)
    return c.add(2) + len(c)


@torch.jit.script
class Context:
    def __init__(self):
        self.depth = 0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, type: Any, value: Any, tb: Any):
        self.depth -= 1


def with_statement(a: int):
    with Context() as c:
        a = a + c.depth
    return a


@torch.jit.script
@dataclass
class Segment:
    lo: int
    hi: int = 3


def dataclasses(a: int):
    s = Segment(a)
    return s.hi - s.lo, s == Segment(1, 3)


class Color(enum.Enum):
    RED = 1
    GREEN = 2


def enums(c: Color):
    return c == Color.RED, c.value, c.name, Color.GREEN


class Pair(NamedTuple):
    first: int
    second: Optional[Tensor]


def named_tuples(x: Tensor):
    p = Pair(1, None)
    q = Pair(first=p.first, second=x)
    return q, q.second


FUNCTIONS = [
    branches, comparisons, loops, early_return, tuples, numbers, lists, dicts,
    strings, optionals, checks, indexing, queries, to_list, futures, generators,
    grad_modes, calls_with_defaults, classes, with_statement, dataclasses,
    enums, named_tuples,
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_function(function, tmp_path):
    text = import_model(torch.jit.script(function), tmp_path)
    assert "mt.object root" in text


# --- Modules -----------------------------------------------------------------

@torch.jit.interface
class Activation(nn.Module):
    def forward(self, x: Optional[Tensor]) -> Tensor:
        pass


class Relu(nn.Module):
    def forward(self, x: Optional[Tensor]) -> Tensor:
        return torch.relu(x) if x is not None else torch.zeros(1)


class Containers(nn.Module):
    act: Activation

    def __init__(self):
        super().__init__()
        self.act = Relu()
        self.ms = nn.ModuleList([nn.ReLU(), nn.Tanh()])
        self.md = nn.ModuleDict({"a": nn.Linear(4, 4), "b": nn.ReLU()})
        self.s = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
        self.ps = nn.ParameterList([torch.ones(4) * i for i in range(3)])
        self.n = 0

    def forward(self, x: Tensor, flag: bool = True):
        for m in self.ms:
            x = m(x)
        for k, m in self.md.items():
            x = m(x)
        for p in self.ps:
            x = x * p
        x = self.act.forward(x)
        self.n += 1
        if not flag:
            return self.debug(x)
        return self.s(x)

    @torch.jit.export
    def reset(self) -> int:
        n, self.n = self.n, 0
        return n

    @torch.jit.unused
    def debug(self, x: Tensor) -> Tensor:
        return x


class Quantized(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x)


class Hooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.relu = nn.ReLU()

        def double(module, input: Tuple[Tensor], output: Tensor):
            return output * 2

        def shift(module, input: Tuple[Tensor]) -> Tensor:
            return input[0] + 1

        self.relu.register_forward_hook(double)
        self.relu.register_forward_pre_hook(shift)

    def forward(self, x: Tensor):
        return self.relu(x)


def test_containers(tmp_path):
    text = import_model(torch.jit.script(Containers().eval()), tmp_path)
    assert "mt.class interface" in text
    assert "mt.method @reset" in text


def test_hooks(tmp_path):
    text = import_model(torch.jit.script(Hooked()), tmp_path)
    assert "mt.method @double" in text


def test_quantized(tmp_path):
    model = torch.ao.quantization.quantize_dynamic(
        Quantized().eval(), {nn.Linear}, dtype=torch.qint8)
    text = import_model(torch.jit.script(model), tmp_path)
    assert "opaque" in text


def test_frozen(tmp_path):
    text = import_model(torch.jit.freeze(
        torch.jit.script(Containers().eval()), ["reset"]), tmp_path)
    assert "mt.constant.tensor" in text


def test_traced_dict(tmp_path):
    class Net(nn.Module):
        def forward(self, d: Dict[str, Tensor]):
            return {"sum": d["a"].view(d["a"].shape[0], -1) + 1}

    model = torch.jit.trace(Net(), ({"a": torch.ones(2, 3, 4)},), strict=False)
    assert "2,3,4" not in import_model(model, tmp_path)


# --- Weights -----------------------------------------------------------------

def test_weights_file(tmp_path):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(40, 3), nn.Linear(3, 30)).bfloat16()
    model.append(nn.Linear(30, 30))
    model.register_buffer("mask", torch.rand(7, 30) > 0.5)
    model.register_buffer("z", torch.randn(9, dtype=torch.complex64))
    import_model(torch.jit.script(model), tmp_path, "--weights=file")
    weights = np.load(tmp_path / "model.weights.npz")
    for name, tensor in model.state_dict().items():
        if tensor.nbytes <= 64:
            assert name not in weights
            continue
        if tensor.dtype == torch.bfloat16:
            tensor = tensor.view(torch.uint16)
        np.testing.assert_array_equal(weights[name], tensor.numpy())


def test_bytecode_has_weights(tmp_path):
    model = torch.jit.script(nn.Linear(64, 64))
    path, out = str(tmp_path / "m.pt"), str(tmp_path / "m.mlirbc")
    torch.jit.save(model, path)
    run(MT_IMPORT, path, "-o", out)
    data = open(out, "rb").read()
    assert data.startswith(b"ML\xefR")
    assert model.weight.detach().numpy().tobytes() in data
    run(MT_IMPORT, path, "-o", out, "--weights=elide")
    assert os.path.getsize(out) < 10000
    run(MT_OPT, out)


# --- Errors ------------------------------------------------------------------

@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "m.pt"
    torch.jit.save(torch.jit.script(Containers()), str(path))
    return path.read_bytes()


def check_error(path, tmp_path):
    out = tmp_path / "out.mlir"
    done = run(MT_IMPORT, str(path), "-o", str(out), status=2)
    message = done.stderr.decode(errors="replace")
    assert "error:" in message
    assert "frame #" not in message
    assert not out.exists()
    return message


@pytest.mark.parametrize("part", [0, 0.01, 0.3, 0.7, 0.99])
def test_truncated(archive, part, tmp_path):
    path = tmp_path / "truncated.pt"
    path.write_bytes(archive[:int(len(archive) * part)])
    check_error(path, tmp_path)


def test_not_an_archive(tmp_path):
    path = tmp_path / "text.pt"
    path.write_text("hello")
    assert "not a TorchScript archive" in check_error(path, tmp_path)
    torch.save({"a": torch.ones(3)}, tmp_path / "state.pt")
    assert "torch.jit.save" in check_error(tmp_path / "state.pt", tmp_path)
    check_error(tmp_path, tmp_path)
    check_error(tmp_path / "missing.pt", tmp_path)


def test_mutated(archive, tmp_path):
    """Never a crash: a message and status 2, or an import."""
    generator = np.random.default_rng(0)
    path = tmp_path / "mutated.pt"
    for _ in range(12):
        data = bytearray(archive)
        for place in generator.integers(0, len(data), 8):
            data[place] ^= int(generator.integers(1, 256))
        path.write_bytes(data)
        done = subprocess.run([MT_IMPORT, str(path), "-o", "-"],
                              capture_output=True, timeout=300)
        assert done.returncode in (0, 2), done.stderr.decode(errors="replace")
