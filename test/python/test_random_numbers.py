"""What compiled programs draw, PyTorch draws: bit by bit, in both forms, from the
generator that the caller seeds, which they advance as PyTorch does."""
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List

import minitorch
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

sys.path.append(str(Path(__file__).parent / "language"))
from agreement import boxed_form  # noqa: E402

FLOATS = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
INTS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]
SIZES = [(), (1,), (3, 5), (16,), (17,), (4, 25)]
FORMS = ["typed", "boxed"]


def compiled(scripted, args, form, **options):
    options = {"fallback": False, **options}
    if form == "typed":
        return minitorch.compile(scripted, args, **options)
    with boxed_form():
        return minitorch.compile(scripted, args, **options)


def equal(a, b):
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, Tensor):
        return a.dtype == b.dtype and torch.equal(
            a.nan_to_num(), b.nan_to_num())
    return a == b


def check(function, *args, form="typed", seeds=(0, 7), **options):
    scripted = function if isinstance(function, torch.jit.ScriptModule) else \
        torch.jit.script(function)
    ours = compiled(scripted, args, form, **options)
    for seed in seeds:
        copies = [[a.clone() if isinstance(a, Tensor) else a for a in args]
                  for _ in range(2)]
        torch.manual_seed(seed)
        # Twice: what the second call draws follows the first.
        with torch.jit.optimized_execution(False):
            expected = [scripted(*copies[0]), scripted(*copies[0])]
        state = torch.get_rng_state()
        torch.manual_seed(seed)
        got = [ours(*copies[1]), ours(*copies[1])]
        assert torch.equal(torch.get_rng_state(), state)
        assert equal(got, expected), (got, expected)


# Each fills a tensor, of any of these dtypes.
def uniform(x: Tensor):
    return x.uniform_(), x.clone().uniform_(-1.5, 2.), torch.rand_like(x)


def normal(x: Tensor):
    return (x.normal_(), x.clone().normal_(1.5, 0.3), torch.randn_like(x),
            x.clone().normal_(2., 0.), torch.rand_like(x))


def inverted(x: Tensor):
    return (x.exponential_(), x.clone().exponential_(0.7),
            x.clone().cauchy_(), x.clone().cauchy_(1., 0.7),
            x.clone().log_normal_(0.5, 0.7))


def counted(x: Tensor):
    return (x.geometric_(0.3), x.clone().bernoulli_(0.3),
            x.clone().random_(100), x.clone().random_(3, 100),
            x.clone().random_(5, None))


def chosen(x: Tensor):
    return (x.bernoulli_(), x.clone().random_(),
            torch.randint_like(x, 2), torch.rand(3))


def means(x: Tensor):
    y = x.abs() + 1
    return (torch.normal(x, 2.), torch.normal(0.5, y), torch.normal(x, y),
            torch.bernoulli(y / 4), torch.bernoulli(x, 0.25),
            x.clone().bernoulli_(1 / y))


CASES = [(function, dtype, size) for function, dtypes in
         [(uniform, FLOATS), (normal, FLOATS), (inverted, FLOATS),
          (means, FLOATS), (counted, FLOATS + INTS),
          (chosen, FLOATS + INTS + [torch.bool])]
         for dtype in dtypes for size in SIZES]


@pytest.mark.parametrize("function", [uniform, normal, inverted, means, counted,
                                      chosen], ids=lambda f: f.__name__)
def test_distributions(function):
    """One program for all sizes of a rank."""
    for each, dtype, size in CASES:
        if each is function:
            x = torch.zeros(size, dtype=dtype)
            check(each, x, dynamic_shapes="all")


@pytest.mark.parametrize("function,dtype", [
    (uniform, torch.float32), (normal, torch.float64), (inverted, torch.bfloat16),
    (means, torch.float32), (counted, torch.int32), (chosen, torch.bool)])
def test_boxed(function, dtype):
    for size in SIZES:
        check(function, torch.zeros(size, dtype=dtype), form="boxed")


def created(n: int):
    return (torch.rand(n), torch.randn([n, 2]), torch.rand(3, n).double(),
            torch.randn(n, dtype=torch.float64), torch.randn(3),
            torch.rand(n, dtype=torch.float16),
            torch.randn(n, dtype=torch.bfloat16),
            torch.randn(n, dtype=torch.float16),
            torch.randint(10, (n,)), torch.randint(-5, 268435451, [n]),
            torch.randint(-5, 268435450, [n]),
            torch.randint(-5, 1099511627776, [n], dtype=torch.int64),
            torch.randint(3, [n], dtype=torch.int32),
            torch.randint(0, 2147483647, [n], dtype=torch.float32),
            torch.randperm(n), torch.randperm(n, dtype=torch.int32),
            torch.normal(1., 2., [n]), torch.rand(()), torch.randn(()))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("n", [0, 1, 8, 100])
def test_created(n, form):
    check(created, n, form=form)


def parts(n: int):
    x = torch.zeros(n, dtype=torch.complex64)
    return (torch.rand(n, dtype=torch.complex64),
            torch.randn(n, dtype=torch.complex128), torch.rand_like(x),
            torch.randn_like(x), x.uniform_(), x.clone().normal_(1., 2.))


@pytest.mark.parametrize("n", [1, 8, 9])
def test_complex(n):
    check(parts, n)


def sampled(w: Tensor, rows: Tensor):
    return (torch.multinomial(w, 3), torch.multinomial(w, 1),
            torch.multinomial(w, 20, True), torch.multinomial(rows, 2),
            torch.multinomial(rows, 5, replacement=True),
            torch.multinomial(rows, 1, replacement=True))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_multinomial(dtype, form):
    w = torch.tensor([0.1, 3, 0, 2, 0.5, 1, 4, 0.25], dtype=dtype)
    check(sampled, w, torch.stack([w, w.flip(0) * 3]), form=form)


class Dropouts(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([
            torch.nn.Dropout(0.3), torch.nn.Dropout(1.), torch.nn.Dropout(0.),
            torch.nn.Dropout2d(0.5), torch.nn.AlphaDropout(0.2),
            torch.nn.FeatureAlphaDropout(0.4), torch.nn.RReLU(),
            torch.nn.RReLU(0.1, 0.9)])

    def forward(self, x: Tensor):
        results: List[Tensor] = []
        for layer in self.layers:
            results.append(layer(x))
        return results, torch.native_dropout(x, 0.25, True), torch.rand(2)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_dropout(dtype, form):
    x = torch.linspace(-2, 3, 2 * 5 * 3 * 4).reshape(2, 5, 3, 4).to(dtype)
    model = torch.jit.script(Dropouts().train())
    check(model, x, form=form)
    check(torch.jit.script(Dropouts().eval()), x, form=form)


def test_attention():
    def attend(q: Tensor, k: Tensor):
        return F.scaled_dot_product_attention(q, k, k, dropout_p=0.5)

    torch.manual_seed(0)
    scripted = torch.jit.script(attend)
    q, k = torch.randn(2, 3, 8), torch.randn(2, 5, 8)
    ours = minitorch.compile(scripted, (q, k), fallback=False)
    torch.manual_seed(1)
    expected = scripted(q, k)
    torch.manual_seed(1)
    torch.testing.assert_close(ours(q, k), expected)


def mixed(n: int, flag: bool):
    """Kinds in a row, with numbers of pairs that are kept in between."""
    torch.manual_seed(n)
    a = torch.randn(3)
    b = torch.rand(5)
    c = torch.randn(17)
    d = torch.randn(2, dtype=torch.float64)
    total = torch.zeros(2)
    for i in range(n):
        if (i % 2 == 0) == flag:
            total += torch.rand(2)
        else:
            total = total * torch.randn(2)
        torch.rand(i)
        torch.bernoulli(total.sigmoid())
    if flag:
        torch.manual_seed(5)
    e = F.dropout(c, 0.5)
    f = torch.randn(1)
    while f.item() < 1:
        f = f + torch.rand(1)
    return a, b, c, d, total, e, f, torch.randperm(5), torch.randn(1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("flag", [False, True])
def test_order(flag, form):
    check(mixed, 6, flag, form=form)


def unused(x: Tensor):
    torch.rand(3)
    y = torch.rand(4)
    z = torch.rand(4)
    torch.randn(20)
    x.clone().uniform_()
    F.dropout(x, 0.5)
    return y - z, z


@pytest.mark.parametrize("form", FORMS)
def test_unused_and_alike(form):
    check(unused, torch.ones(7), form=form)


def raising(x: Tensor):
    y = torch.rand(4)
    if bool(x.sum() > 0):
        raise RuntimeError("positive")
    return y


def test_a_raise_keeps_what_was_drawn():
    ours = minitorch.compile(torch.jit.script(raising), (torch.ones(2),))
    torch.manual_seed(0)
    with pytest.raises(minitorch.ProgramError):
        ours(torch.ones(2))
    got = torch.rand(3)
    torch.manual_seed(0)
    torch.rand(4)
    assert torch.equal(got, torch.rand(3))


@pytest.mark.parametrize("form", FORMS)
def test_ranges(form):
    def between(low: int, high: int):
        return torch.randint(low, high, [3])

    scripted = torch.jit.script(between)
    ours = compiled(scripted, (0, 5), form)
    message = "random_ expects 'from' to be less than 'to', but got from=5 >= to=5"
    for function in (scripted, ours):
        with pytest.raises(Exception, match=message):
            function(5, 5)


def test_forked_tasks_draw():
    def draw(n: int):
        return torch.rand(n)

    def tasks(n: int):
        future = torch.jit.fork(draw, n)
        a = torch.jit.wait(future)
        return a, torch.rand(n)

    check(tasks, 4)


def test_threads_share_the_generator():
    """No number is drawn twice, none is left out."""
    def draw(n: int):
        return torch.rand(n)

    ours = minitorch.compile(torch.jit.script(draw), (10,), fallback=False)
    torch.manual_seed(3)
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(ours, [10] * 200))
    torch.manual_seed(3)
    expected = [torch.rand(10) for _ in range(200)]
    assert sorted(x.tolist() for x in drawn) == sorted(
        x.tolist() for x in expected)
