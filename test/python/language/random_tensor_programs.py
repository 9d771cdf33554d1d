"""Random typed programs on tensors whose ranks and dtypes are known only when
they run, as TorchScript source.

A program is made by running it: a statement is kept where PyTorch accepts it
for all calls, and now and then where it raises.
"""
import copy
import io
import itertools
import linecache
import random
import textwrap
import warnings
from contextlib import nullcontext, redirect_stdout

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

HEADER = """from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor


"""
FUNCTION = "def program({0}):\n{1}"
MODULE = """class Program(torch.nn.Module):
    last: Optional[Tensor]
    items: List[Tensor]
    named: Dict[str, Tensor]

    def __init__(self):
        super().__init__()
        self.register_buffer("buf", torch.arange(6.0).reshape(2, 3))
        self.last = None
        self.items = [torch.ones(2), torch.zeros(1, 2, dtype=torch.int64)]
        self.named = {{"a": torch.ones(3)}}
        self.count = 0

    def forward(self, {0}):
{1}"""
PARAMETERS = {"x": "Tensor", "y": "Tensor", "n": "int", "c": "bool",
              "f": "float", "o": "Optional[Tensor]", "ts": "List[Tensor]",
              "d": "Dict[str, Tensor]"}
STATE = {"self.buf": "Tensor", "self.last": "Optional[Tensor]",
         "self.items": "List[Tensor]", "self.named": "Dict[str, Tensor]",
         "self.count": "int"}
KINDS = (["Tensor"] * 5 + ["int", "bool", "float", "Optional[Tensor]",
                           "List[Tensor]", "Dict[str, Tensor]",
                           "Tuple[Tensor, Tensor]", "List[int]"])
DTYPES = ["torch.float32", "torch.float64", "torch.int64", "torch.int32",
          "torch.bool", "torch.float16", "torch.uint8"]
#: Elements of a tensor, at most.
LIMIT = 300

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    # It warns once a process; programs do not depend on those before them.
    torch.meshgrid([torch.ones(1)])


def example(shape, dtype=torch.float32):
    values = torch.arange(torch.Size(shape).numel())
    if dtype == torch.bool:
        return (values % 3 == 0).reshape(shape)
    if dtype.is_floating_point:
        return (values.to(dtype) * 0.5 - 1).reshape(shape)
    return (values % 5).to(dtype).reshape(shape)


def calls(seed):
    """Arguments of every call of a program."""
    rng = random.Random(seed)

    def tensor():
        dtype = rng.choice([torch.float32] * 4 + [torch.int64, torch.float64,
                                                  torch.bool])
        made = example(rng.choice([[], [3], [2, 3], [3, 2], [1, 3], [2, 1, 3],
                                   [3, 3]]), dtype)
        if rng.random() < 0.2:
            return made.transpose(0, -1) if made.dim() else made
        return made

    result = []
    for _ in range(3):
        x = tensor()
        y = tensor() if rng.random() < 0.7 else rng.choice([x, x.detach()[None],
                                                            x.flatten()])
        o = rng.choice([None, x, tensor()])
        ts = rng.choice([[x, tensor()], [tensor()], [tensor(), y, y]])
        d = rng.choice([{"a": tensor()}, {"b": y, "a": x}])
        result.append((x, y, rng.randint(0, 3), rng.random() < 0.5,
                       rng.choice([0.5, 2.0, -1.0]), o, ts, d))
    return result


class Rejected(Exception):
    pass


class DefinedWrites(TorchDispatchMode):
    """Rejects writes to elements that are several in one memory: what they
    become depends on the order, where PyTorch does not see it (`unfold`)."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        for value, argument in zip(args, func._schema.arguments):
            if (argument.alias_info is not None and argument.alias_info.is_write
                    and isinstance(value, Tensor) and 0 not in value.stride()):
                self.check(value)
        return func(*args, **(kwargs or {}))

    def check(self, tensor):
        places = {0}
        for size, stride in zip(tensor.shape, tensor.stride()):
            places = {p + i * stride for p in places for i in range(size)}
        if len(places) < tensor.numel():
            raise Rejected


_numbers = itertools.count()


def load(source):
    """What a program's source defines. TorchScript looks for its lines."""
    name = f"<program {next(_numbers)}>"
    text = HEADER + source
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    names = {"__name__": "random_tensor_program"}
    exec(compile(text, name, "exec"), names)
    return names["Program"]() if "Program" in names else names["program"]


def script(source):
    """As TorchScript; raises RuntimeError or NotSupportedError."""
    return torch.jit.script(load(source))


def is_torch_script(source):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            script(source)
    except (RuntimeError, torch.jit.frontend.NotSupportedError):
        return False
    return True


class Program:
    """`source` defines a function `program` or, if `is_module`, a module
    `Program`; `calls` are the arguments to call it with."""

    def __init__(self, seed, size=None):
        self.rng = random.Random(seed)
        self.calls = calls(seed)
        self.is_module = self.rng.random() < 0.4
        scope = dict(PARAMETERS, **(STATE if self.is_module else {}))
        self.scopes = [scope]
        self.lines, self.depth, self.count = [], 0, 0
        # Names of lists and dicts that loops walk over.
        self.fixed = set()
        # Statements that TorchScript has not seen yet: what was before them,
        # what is kept of them where it does not take them, and the program.
        self.unseen = []
        self.grow(size or self.rng.randint(4, 12))
        self.source = self.text()

    def grow(self, size):
        """TorchScript takes longer than a statement: it sees many at once, and
        the first that it does not take is undone with what came after it."""
        self.turn = 0
        while True:
            if self.turn == 10 * size or len(self.lines) >= size * 2:
                if self.settle():
                    return
                continue
            self.turn += 1
            kept = (list(self.lines), dict(self.scopes[0]), self.count)
            self.statement()
            text = self.text()
            error = self.attempt(text)
            if error is None:
                after = (self.turn, self.rng.getstate(), set(self.fixed))
                self.unseen.append((kept, after, text))
                continue
            if error is not Rejected and self.rng.random() < 0.03:
                if not self.settle():
                    continue
                if is_torch_script(text):
                    return
            self.restore(kept)

    def settle(self):
        """Whether TorchScript takes all statements; undoes those from the first
        on that it does not take."""
        unseen, self.unseen = self.unseen, []
        if not unseen or is_torch_script(unseen[-1][2]):
            return True
        low, high = 0, len(unseen) - 1
        while low < high:
            middle = (low + high) // 2
            if is_torch_script(unseen[middle][2]):
                low = middle + 1
            else:
                high = middle
        kept, (self.turn, state, self.fixed), _ = unseen[low]
        self.rng.setstate(state)
        self.restore(kept)
        return False

    def restore(self, kept):
        self.lines, scope, self.count = kept
        self.scopes[0].clear()
        self.scopes[0].update(scope)

    def text(self):
        names = list(self.scopes[0])
        rng = random.Random(len(self.lines))
        chosen = rng.sample(names, min(len(names), 6))
        head = ", ".join(f"{a}: {b}" for a, b in PARAMETERS.items())
        body = [*self.lines, f"return {', '.join(chosen)}"]
        margin = 8 if self.is_module else 4
        return (MODULE if self.is_module else FUNCTION).format(
            head, textwrap.indent("\n".join(body), " " * margin)) + "\n"

    def attempt(self, text):
        """None, or the type of what the program raises."""
        try:
            with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
                # Such as masked writes to elements that are one in memory.
                warnings.simplefilter("error")
                program = load(text)
                for args in self.calls:
                    args = copy.deepcopy(args)
                    # Nothing else makes such tensors.
                    with DefinedWrites() if "unfold(" in text else nullcontext():
                        result = program(*args)
                    self.check_sizes([result, args])
        except (Rejected, Warning):
            return Rejected
        except Exception as error:  # noqa: BLE001
            return type(error)
        return None

    def check_sizes(self, value):
        if isinstance(value, Tensor):
            if value.numel() > LIMIT:
                raise Rejected
        elif isinstance(value, (list, tuple, dict)):
            if len(value) > 30:
                raise Rejected
            for item in (value.values() if isinstance(value, dict) else value):
                self.check_sizes(item)

    # Statements

    def emit(self, line):
        self.lines.append("    " * self.depth + line)

    def statement(self):
        self.rng.choice([self.declare] * 5 + [self.assign] * 3
                        + [self.write] * 5 + [self.change] * 2
                        + [self.branch] * 2 + [self.loop, self.walk, self.refine,
                                               self.say, self.fail, self.unpack,
                                               self.reshape])()

    def nested(self, names=None):
        self.scopes.append(dict(names or {}))
        self.depth += 1
        before = len(self.lines)
        for _ in range(self.rng.randint(1, 3)):
            self.statement()
        if len(self.lines) == before:
            self.emit("pass")
        self.depth -= 1
        self.scopes.pop()

    def names(self, kind):
        return [name for scope in self.scopes for name, known in scope.items()
                if known == kind]

    def new(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def declare(self):
        kind = self.rng.choice(KINDS)
        value = self.make(kind)
        name = self.new("v")
        self.scopes[-1][name] = kind
        self.emit(f"{name}: {kind} = {value}")

    def pick(self, kind):
        names = [n for n in self.names(kind) if n not in self.fixed]
        return self.rng.choice(names) if names else None

    def assign(self):
        kind = self.rng.choice(KINDS)
        if name := self.pick(kind):
            self.emit(f"{name} = {self.make(kind)}")

    def branch(self):
        if self.depth > 2:
            return
        self.emit(f"if {self.make('bool', 1)}:")
        self.nested()
        if self.rng.random() < 0.6:
            self.emit("else:")
            self.nested()

    def loop(self):
        if self.depth > 1:
            return
        name = self.new("i")
        if self.rng.random() < 0.25:
            self.emit(f"{name} = 0")
            self.emit(f"while {name} < {self.rng.choice(['2', '3', 'n'])}:")
            self.depth += 1
            self.emit(f"{name} += 1")
            self.depth -= 1
        else:
            self.emit(f"for {name} in range({self.rng.choice(['n', '2', '3'])}):")
        self.fixed.add(name)
        self.nested({name: "int"})
        if self.rng.random() < 0.2:
            self.depth += 1
            self.emit(f"if {self.make('bool', 1)}:")
            self.emit("    " + self.rng.choice(["break", "continue"]))
            self.depth -= 1

    def walk(self):
        if self.depth > 1:
            return
        a, b = self.new("a"), self.new("b")
        kind = self.rng.choice(["List[Tensor]", "Dict[str, Tensor]", "Tensor"])
        source = self.pick(kind)
        if not source:
            return
        was = set(self.fixed)
        if kind == "Tensor":
            head, bound = f"{a} in {source}", {a: "Tensor"}
        elif kind == "List[Tensor]":
            head, bound = f"{a}, {b} in enumerate({source})", {a: "int",
                                                              b: "Tensor"}
            self.fixed |= {*self.names(kind), a}
        else:
            head, bound = f"{a}, {b} in {source}.items()", {a: "str",
                                                           b: "Tensor"}
            self.fixed |= {*self.names(kind), a}
        self.emit(f"for {head}:")
        self.nested(bound)
        self.fixed = was

    def refine(self):
        if self.depth > 2:
            return
        names = [n for n in self.names("Optional[Tensor]") if "self" not in n]
        if not names:
            return
        name = self.rng.choice(names)
        self.emit(f"if {name} is not None:")
        self.fixed.add(name)
        self.nested({name: "Tensor"})
        self.fixed.discard(name)

    def unpack(self):
        if name := self.pick("Tuple[Tensor, Tensor]"):
            a, b = self.new("v"), self.new("v")
            self.scopes[-1][a] = self.scopes[-1][b] = "Tensor"
            self.emit(f"{a}, {b} = {name}")

    def say(self):
        kinds = self.rng.sample(["Tensor", "int", "bool", "float", "List[int]"],
                                2)
        self.emit(f"print({', '.join(self.make(kind, 1) for kind in kinds)})")

    def fail(self):
        if self.rng.random() < 0.3:
            self.emit(f"assert {self.make('bool', 1)}, 'failed'")
        elif self.rng.random() < 0.3:
            self.emit(f"if {self.make('bool', 1)}:")
            self.emit(f"    raise {self.rng.choice(['ValueError', 'RuntimeError'])}"
                      "('raised')")

    def reshape(self):
        """Changes the shape of the tensor itself."""
        if self.rng.random() < 0.5 and (a := self.pick("Tensor")):
            self.emit(self.rng.choice([
                f"{a}.unsqueeze_({self.dim()})", f"{a}.squeeze_()",
                f"{a}.transpose_({self.dim()}, {self.dim()})", f"{a}.t_()",
                f"{a}.squeeze_({self.dim()})",
                f"{a}.resize_([{a}.numel() // 2])"]))

    def target(self):
        """A tensor to write to: one with a name, or a view of one."""
        a = self.pick("Tensor")
        return a if self.rng.random() < 0.5 else self.view(a)

    def number(self):
        return self.rng.choice(["2", "-1", "3", "0.5", "n", "f", "True",
                                self.make("int", 2), self.make("float", 2)])

    def write(self):
        a, m = self.pick("Tensor"), self.make
        t, number = self.target(), self.number()
        b = m("Tensor", 2)
        self.emit(self.rng.choice([
            f"{t}.add_({number})", f"{t}.mul_({number})", f"{t}.add_({b})",
            f"{t}.sub_({b})", f"{t}.mul_({b})", f"{t}.copy_({b})",
            f"{a} += {number}", f"{a} *= {number}", f"{a} -= {b}",
            f"{a} += {b}", f"{a} /= 2", f"{a} //= 2",
            f"{t}.zero_()", f"{t}.fill_({number})", f"{t}.relu_()",
            f"{t}.neg_()", f"{t}.clamp_(min=-1, max=3)", f"{t}.abs_()",
            f"{t}.masked_fill_({m('mask', 2)}, {number})", f"{t}.div_(2)",
            f"{t}.add_({b}, alpha=2)", f"torch.add({a}, {b}, out={a})",
            f"{a}[{self.small()}] = {number}", f"{a}[{self.small()}] += {number}",
            f"{a}[{self.small()}:] = {number}", f"{a}[{self.small()}:] *= {number}",
            f"{a}[..., 0] = {number}", f"{a}[{a} > 1] = {number}",
            f"{a}[{m('mask', 2)}] = {b}", f"{a}[{m('mask', 2)}] += 1",
            f"{a}[{self.small()}] = {b}", f"{a}[{self.small()}:] = {b}",
            f"{a}[None, {self.small()}] = {b}",
            f"{a}[torch.tensor([0, {self.small()}])] = {number}",
            f"{a}[torch.tensor([0, {self.small()}])] = {b}",
            f"{a}.index_fill_(0, torch.tensor([{self.small()}]), {number})",
            f"{a}.index_add_(0, torch.tensor([0]), {b})",
            f"{a}.scatter_(0, torch.tensor([0]), {number})",
            f"{t}.cumsum_({self.dim()})", f"{t}.logical_not_()",
            f"{t}.sqrt_()", f"{t}.pow_(2)", f"{t}.eq_({b})",
            f"{t}.bitwise_and_({b})"]))

    def change(self):
        kind = self.rng.choice(["List[Tensor]", "List[Tensor]",
                                "Dict[str, Tensor]", "int", "List[int]"])
        name = self.pick(kind)
        if not name:
            return
        t = self.make("Tensor", 1)
        i = self.small()
        if kind == "int":
            self.emit(f"{name} += {self.make('int', 1)}")
        elif kind == "List[int]":
            self.emit(f"{name}.append({self.make('int', 1)})")
        elif kind == "List[Tensor]":
            self.emit(self.rng.choice([
                f"{name}.append({t})", f"{name}.append({t})",
                f"{name}[{i}] = {t}", f"{name}[{i}] += {self.number()}",
                f"{name}[{i}].add_({self.number()})", f"{name}.reverse()",
                f"{name}.insert({i}, {t})", f"{name}.pop()",
                f"{name}.extend({self.make(kind, 1)}[:])", f"del {name}[{i}]",
                f"{name} += {self.make(kind, 1)}[:2]", f"{name}.clear()"]))
        else:
            k = self.key()
            self.emit(self.rng.choice([
                f"{name}[{k}] = {t}", f"{name}[{k}] = {t}",
                f"{name}[{k}] += {self.number()}", f"{name}.pop({k})",
                f"{name}.update({self.make(kind, 1)})", f"{name}.clear()",
                f"{name}[{k}].mul_({self.number()})"]))

    # Values

    def small(self):
        return self.rng.choice(["0", "1", "-1", "2", "n"])

    def dim(self):
        return self.rng.choice(["0", "0", "1", "-1", "-2", "n"])

    def key(self):
        return self.rng.choice(['"a"', '"a"', '"b"', *self.names("str")])

    def make(self, kind, depth=0):
        names = self.names(kind)
        if names and (depth > 2 or self.rng.random() < 0.4):
            return self.rng.choice(names)
        made = {"Tensor": self.tensor, "mask": self.mask, "int": self.int,
                "bool": self.bool, "float": self.float,
                "Optional[Tensor]": self.optional, "List[Tensor]": self.list,
                "Dict[str, Tensor]": self.dict, "List[int]": self.ints,
                "Tuple[Tensor, Tensor]": self.tuple}[kind]
        return made(depth + 1)

    def mask(self, depth):
        a, b = self.make("Tensor", depth), self.make("Tensor", depth)
        return self.rng.choice([f"({a} > 0)", f"({a} == {b})",
                                f"({a} < {self.number()})", f"{a}.bool()",
                                f"~({a} > 1)", f"torch.isnan({a})",
                                f"({a} > 0).logical_or({b} > 0)"])

    def view(self, a):
        rng, dim, other, i = self.rng, self.dim(), self.dim(), self.small()
        j, parts = self.small(), rng.randint(1, 3)
        return rng.choice([
            f"{a}[{i}]", f"{a}.select({dim}, {i})", f"{a}[{i}:]",
            f"{a}[{i}:{j}]", f"{a}[::2]", f"{a}[..., {i}]", f"{a}[:, {i}]",
            f"{a}[{i}, {j}]", f"{a}[None]", f"{a}[..., None]",
            f"{a}[:, {i}:, None]",
            f"{a}.narrow({dim}, {i}, {j})", f"{a}.squeeze()",
            f"{a}.squeeze({dim})", f"{a}.unsqueeze({dim})", f"{a}.flatten()",
            f"{a}.flatten({dim})", f"{a}.transpose({dim}, {other})",
            f"{a}.t()", f"{a}.view(-1)", f"{a}.reshape(-1)", f"{a}.view(3, -1)",
            f"{a}.reshape([-1, {rng.choice(['1', '2', '3', 'n'])}])",
            f"{a}.expand([2] + {a}.shape)", f"{a}.expand(2, -1)",
            f"{a}.expand_as({self.make('Tensor', 3)})",
            f"{a}.view_as({self.make('Tensor', 3)})",
            f"{a}.movedim({dim}, {other})", f"{a}.permute(1, 0)",
            f"{a}.chunk({parts}, {dim})[{i}]", f"{a}.split({parts}, {dim})[{i}]",
            f"{a}.unbind({dim})[{i}]", f"{a}.diagonal()",
            f"{a}.diagonal({rng.randint(-1, 1)}, {dim}, {other})",
            f"{a}.unfold({dim}, 2, 1)", f"{a}.mT", f"{a}.detach()",
            f"{a}.unflatten({dim}, [-1, {rng.choice(['1', '3'])}])",
            f"{a}.contiguous()", f"torch.atleast_2d({a})", f"{a}.ravel()",
            f"{a}.as_strided([2], [1])", f"{a}.tensor_split(2, {dim})[{i}]",
            f"torch.broadcast_to({a}, [2, 3])"])

    def dtype(self):
        a = self.make("Tensor", 3)
        return self.rng.choice([
            *DTYPES[:3], self.rng.choice(DTYPES), f"{a}.dtype",
            f"(torch.float64 if {self.make('bool', 2)} else torch.int64)"])

    def tensor(self, depth):
        rng, m = self.rng, self.make
        a = m("Tensor", depth)
        kind = rng.random()
        if kind < 0.4:
            return self.view(a)
        if kind < 0.5:
            return rng.choice([
                f"{m('List[Tensor]', depth)}[{self.small()}]",
                f"{m('Dict[str, Tensor]', depth)}[{self.key()}]",
                f"{m('Tuple[Tensor, Tensor]', depth)}[{rng.randint(0, 1)}]",
                f"({m('Tensor', depth)} if {m('bool', depth)} else {a})",
                f"torch.cat({m('List[Tensor]', depth)}, {self.dim()})",
                f"torch.stack({m('List[Tensor]', depth)}, {self.dim()})",
                f"torch.tensor({m('int', depth)})",
                f"torch.tensor({m('float', depth)}, dtype={self.dtype()})",
                f"torch.tensor({m('List[int]', depth)})",
                f"torch.tensor([{m('float', depth)}, 1.0])",
                f"torch.full([2, {self.small()}], {self.number()})",
                f"torch.zeros({m('List[int]', depth)}, dtype={self.dtype()})",
                f"torch.arange({m('int', depth)})",
                f"torch.ones(3, {self.small()}, dtype={self.dtype()})"])
        b, dim, number = m("Tensor", depth), self.dim(), self.number()
        return rng.choice([
            f"({a} + {b})", f"({a} * {number})", f"({a} - {b})", f"({a} * {b})",
            f"({number} - {a})", f"({a} / {b})", f"({a} // 2)", f"({a} % 3)",
            f"({a} ** 2)", f"({number} / {a})", f"-{a}", f"({a} @ {b})",
            f"({a} > {b})", f"({a} == {number})", f"({a} <= {number})",
            f"{a}.clone()", f"torch.relu({a})", f"{a}.sum()",
            f"{a}.sum({dim})", f"{a}.mean()", f"{a}.sum({dim}, keepdim=True)",
            f"{a}.double()", f"{a}.long()", f"{a}.to({self.dtype()})",
            f"{a}.float()", f"{a}.bool()", f"{a}.to({b})", f"{a}.type_as({b})",
            f"{a}.to({self.dtype()}, copy=True)", f"{a}.half()",
            f"torch.zeros_like({a})", f"torch.ones_like({a}, dtype={self.dtype()})",
            f"torch.full_like({a}, {number})", f"{a}.new_zeros([2, 3])",
            f"torch.where({m('mask', depth)}, {a}, {b})",
            f"torch.where({m('mask', depth)}, {a}, {number})",
            f"{a}.abs()", f"{a}.cumsum({dim})", f"{a}.max()", f"{a}.min()",
            f"{a}.max({dim})[0]", f"{a}.min({dim})[1]", f"{a}.any()",
            f"{a}.all({dim})", f"{a}.argmax()", f"{a}.amax({dim})",
            f"{a}[{m('mask', depth)}]", f"{a}.masked_select({m('mask', depth)})",
            f"{a}[torch.tensor([0, {self.small()}])]",
            f"{a}[:, torch.tensor([0])]", f"{a}[{b}]",
            f"{a}.nonzero()", f"{a}.index_select({dim}, torch.tensor([0]))",
            f"{a}.gather({dim}, {b})", f"{a}.flip({dim})", f"{a}.roll(1, {dim})",
            f"{a}.repeat(2, 1)", f"{a}.repeat_interleave(2)",
            f"{a}.clamp(0, 2)", f"{a}.masked_fill({m('mask', depth)}, {number})",
            f"torch.sqrt({a})", f"torch.exp({a})", f"torch.softmax({a}, {dim})",
            f"{a}.sort({dim})[0]", f"{a}.sort(stable=True)[1]",
            f"{a}.float().topk(1)[0]", f"torch.outer({a}, {b})", f"{a}.prod()",
            f"{a}.norm()", f"{a}.var({dim})", f"torch.triu({a})",
            f"{a}.square()", f"torch.maximum({a}, {b})",
            f"torch.minimum({a}, {b})", f"torch.floor({a})", f"torch.sign({a})",
            f"torch.eye(3, {self.small()})",
            f"torch.nn.functional.pad({a}, [1, 0], value={number})",
            f"torch.einsum('i,j->ij', {a}, {b})", f"{a}.logical_not()",
            f"torch.logical_and({a}, {b})", f"{a}.round()",
            f"torch.linspace(0, 1, {self.small()})", f"torch.diag({a})",
            f"torch.dot({a}, {b})", f"torch.hstack([{a}, {b}])",
            f"{a}.rsub({number})", f"torch.bincount({a})", f"{a}.unique()",
            f"torch.isin({a}, {b})", f"torch.column_stack([{a}, {b}])",
            f"torch.broadcast_tensors({a}, {b})[{rng.randint(0, 1)}]",
            f"torch.where({m('mask', depth)})[0]", f"torch.numel({a}) * {b}",
            f"torch.meshgrid([{a}, {b}])[0]", f"{a}.count_nonzero()",
            f"torch.nn.functional.one_hot({a})", f"torch.tril({a}, -1)",
            f"torch.lerp({a}, {b}, 0.5)", f"torch.addcmul({a}, {b}, {b})"])

    def int(self, depth):
        a, m = self.make("Tensor", depth), self.make
        return self.rng.choice([
            str(self.rng.randint(-2, 4)), f"{a}.size({self.dim()})",
            f"{a}.dim()", f"{a}.numel()", f"len({a})", f"{a}.shape[-1]",
            f"int({a}.sum())", f"int({a})", f"int({a}.item())",
            f"len({m('List[Tensor]', depth)})", f"{a}.stride({self.dim()})",
            f"({m('int', depth)} + {m('int', depth)})", f"{a}.storage_offset()",
            f"({m('int', depth)} * {m('int', depth)})",
            f"({m('int', depth)} // 2)", f"int({m('float', depth)})",
            f"{m('List[int]', depth)}[{self.small()}]", f"{a}.element_size()",
            f"len({m('Dict[str, Tensor]', depth)})"])

    def float(self, depth):
        a, m = self.make("Tensor", depth), self.make
        return self.rng.choice([
            str(self.rng.choice([0.5, -1.25, 3.0])), f"float({a}.sum())",
            f"float({a})", f"float({a}.item())", f"({m('int', depth)} / 2)",
            f"({m('float', depth)} + {m('int', depth)})",
            f"float({m('int', depth)})"])

    def bool(self, depth):
        a, b, m = self.make("Tensor", depth), self.make("Tensor", depth), self.make
        return self.rng.choice([
            "c", f"(n > {self.rng.randint(0, 2)})", f"({a} is {b})",
            f"({a} is not {b})", f"bool({a}.any())", f"bool(({a} > 0).all())",
            f"({a}.dim() {self.rng.choice(['>', '==', '<'])} {m('int', depth)})",
            f"({a}.dtype == {self.rng.choice(DTYPES)})",
            f"({a}.dtype == {b}.dtype)", f"({a}.shape == {b}.shape)",
            f"{a}.is_floating_point()", f"{a}.is_contiguous()",
            f"({m('int', depth)} < {m('int', depth)})", f"bool({a}.sum() > 1)",
            f"torch.equal({a}, {b})", f"({self.key()} in {m('Dict[str, Tensor]', depth)})",
            f"(not {m('bool', depth)})", f"bool({a})",
            f"({m('bool', depth)} and {m('bool', depth)})",
            f"({m('bool', depth)} or {m('bool', depth)})",
            f"({m('Optional[Tensor]', depth)} is None)",
            f"({m('float', depth)} < {m('float', depth)})",
            f"torch.allclose({a}, {b})", f"({a}.size() == {m('List[int]', depth)})"])

    def optional(self, depth):
        if self.rng.random() < 0.3:
            return "None"
        if self.rng.random() < 0.4:
            return f"{self.make('Dict[str, Tensor]', depth)}.get({self.key()})"
        return self.make("Tensor", depth)

    def list(self, depth):
        a, m = self.make("Tensor", depth), self.make
        items = ", ".join(m("Tensor", depth)
                          for _ in range(self.rng.randint(1, 3)))
        return self.rng.choice([
            f"[{items}]", f"[{items}]", f"{m('List[Tensor]', depth)}[:]",
            f"[z + 1 for z in {m('List[Tensor]', depth)}]",
            f"[z[0] for z in {m('List[Tensor]', depth)}]",
            f"list({a}.unbind({self.dim()}))",
            f"list({a}.split({self.rng.choice(['1', '2', '[1, 1]', '[1, 2]'])},"
            f" {self.dim()}))",
            f"list({a}.chunk(2, {self.dim()}))",
            f"list({m('Dict[str, Tensor]', depth)}.values())",
            f"({m('List[Tensor]', depth)} + [{a}])",
            f"({m('List[Tensor]', depth)}[::-1])"])

    def dict(self, depth):
        return self.rng.choice([
            f'{{"a": {self.make("Tensor", depth)}}}',
            f'{{"b": {self.make("Tensor", depth)}, {self.key()}: '
            f'{self.make("Tensor", depth)}}}',
            f"{self.make('Dict[str, Tensor]', depth)}.copy()"])

    def tuple(self, depth):
        return f"({self.make('Tensor', depth)}, {self.make('Tensor', depth)})"

    def ints(self, depth):
        a, m = self.make("Tensor", depth), self.make
        return self.rng.choice([
            f"{a}.size()", f"{a}.shape", f"{a}.shape[1:]",
            f"[{m('int', depth)}, {self.small()}]", f"list({a}.size())",
            f"[z.dim() for z in {m('List[Tensor]', depth)}]",
            f"{a}.stride()" if depth > 1 else "[2, n]"])
