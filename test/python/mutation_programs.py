"""Random programs of views and in-place operators, as TorchScript source.

A program is made by running it: each statement is tried on tensors, and kept
where PyTorch accepts it and defines its outcome, so every program is valid for
its inputs.
"""
import copy
import random
import re
import warnings

import torch

SHAPES = [[4], [2, 3], [3, 4], [2, 3, 4], [4, 4], [1, 3], [2, 2, 3]]
DTYPES = [torch.float32] * 6 + [torch.int64, torch.float64]


def example(shape, dtype):
    values = torch.arange(torch.Size(shape).numel(), dtype=dtype)
    if dtype.is_floating_point:
        values = values * 0.5 - 2
    return values.reshape(shape)


def new_tensors(r, a, b, shape, number):
    return [f"{r} = {a} + {b}", f"{r} = {a} * {number}", f"{r} = {a}.clone()",
            f"{r} = torch.relu({a})", f"{r} = {a}.sum()",
            f"{r} = torch.cat([{a}, {a}], 0)", f"{r} = torch.stack([{a}, {a}])",
            f"{r} = torch.zeros_like({a})", f"{r} = torch.ones({shape})",
            f"{r} = {a}.double()", f"{r} = {a}.to({b})",
            f"{r} = {a}.expand_as({b})"]


def views(rng, r, a, b, shape):
    rank = len(shape)
    shuffled = rng.sample(shape, rank)
    result = [f"{r} = {a}.reshape(-1)", f"{r} = {a}.flatten()",
              f"{r} = {a}.unsqueeze({rng.randrange(-rank - 1, rank + 1)})",
              f"{r} = {a}.squeeze()", f"{r} = {a}.detach()", f"{r} = {a}",
              f"{r} = {a}.view({shuffled})", f"{r} = {a}.reshape({shuffled})",
              f"{r} = {a}.contiguous()", f"{r} = {a}.view_as({b})"]
    if not rank:
        return result
    dim, other = rng.randrange(-rank, rank), rng.randrange(-rank, rank)
    size = max(shape[dim], 1)
    i, j = rng.randrange(-size, size), rng.randrange(-size, size + 2)
    part, parts = rng.randint(0, 1), rng.randint(1, 3)
    result += [f"{r} = {a}[{i}]", f"{r} = {a}.select({dim}, {i})"] * 3
    result += [f"{r} = {a}[{i}:]", f"{r} = {a}[{i}:{j}]",
               f"{r} = {a}[::{rng.randint(1, 2)}]", f"{r} = {a}[..., 0]",
               f"{r} = {a}[..., {rng.randint(0, 2)}:]",
               f"{r} = {a}.narrow({dim}, {i}, {rng.randint(0, 2)})",
               f"{r} = {a}.squeeze({dim})",
               f"{r} = {a}.flatten({rng.randrange(rank)})",
               f"{r} = {a}.expand({[2] + shape})",
               f"{r} = {a}.movedim({dim}, {other})",
               f"{r} = {a}.transpose({dim}, {other})",
               f"{r} = {a}.chunk({parts}, {dim})[{part}]",
               f"{r} = {a}.split({parts}, {dim})[{part}]",
               f"{r} = {a}.unbind({dim})[{part}]",
               f"{r} = {a}.permute({rng.sample(range(rank), rank)})",
               f"{r} = {a}.unflatten({dim}, [-1, {rng.choice([1, 2])}])"]
    if rank >= 2:
        result += [f"{r} = {a}.t()", f"{r} = {a}[:, 0]",
                   f"{r} = {a}.diagonal({rng.randint(-1, 1)})",
                   f"{r} = {a}.diagonal(0, {dim}, {other})"] * 2
    return result


def writes(rng, a, b, shape, number):
    result = [f"{a}.add_({number})", f"{a}.mul_({number})", f"{a}.add_({b})",
              f"{a}.sub_({b})", f"{a}.mul_({b})", f"{a}.copy_({b})",
              f"{a} += {number}", f"{a} *= {number}", f"{a} -= {b}",
              f"{a}.zero_()", f"{a}.fill_({number})", f"{a}.relu_()",
              f"{a}.neg_()", f"{a}.clamp_(min=-1, max=3)",
              f"{a}.masked_fill_({a} > 1, {number})", f"{a}.div_(2)",
              f"{a}.add_({b}, alpha=2)", f"torch.add({a}, {b}, out={a})"]
    if shape:
        size = max(shape[0], 1)
        i = rng.randrange(-size, size)
        dim = rng.randrange(-len(shape), len(shape))
        result += [f"{a}[{i}] = {number}", f"{a}[{i}] += {number}",
                   f"{a}[{i}:] = {number}", f"{a}[{i}:] *= {number}",
                   f"{a}[..., 0] = {number}", f"{a}[{a} > 1] = {number}",
                   f"{a}[{i}] = {b}", f"{a}[{i}:] = {b}",
                   f"{a}.cumsum_({dim})",
                   f"{a}.select({dim}, 0).add_({number})"]
    return result


def reshapes(rng, a, shape):
    """Changes of the shape of the tensor itself."""
    rank = len(shape)
    result = [f"{a}.unsqueeze_({rng.randrange(-rank - 1, rank + 1)})",
              f"{a}.squeeze_()"]
    if rank:
        dims = rng.randrange(-rank, rank), rng.randrange(-rank, rank)
        result += [f"{a}.transpose_({dims[0]}, {dims[1]})",
                   f"{a}.squeeze_({dims[0]})"]
    return result


def straight_line(seed, count):
    """Source of `forward` with about `count` statements, and its inputs."""
    rng = random.Random(seed)
    while True:
        made = _try_straight_line(rng, count)
        if made:
            return made


def _is_defined(line, names, read):
    """Whether a statement gives the same where what it reads is another tensor:
    one that reads elements while it writes them depends on the order in which
    it does. Raises what the statement raises."""
    results = []
    for separate in (False, True):
        trial = copy.deepcopy(names)  # in one go: views stay views
        trial["READ"] = trial[read].clone() if separate else trial[read]
        with warnings.catch_warnings():
            # PyTorch warns of masked writes to elements that are one in memory.
            warnings.simplefilter("error")
            exec(line, {"torch": torch}, trial)
        results.append([trial[name] for name in names])
    return all(torch.equal(a, b) for a, b in zip(*results))


def _try_straight_line(rng, count):
    names = {f"a{i}": example(rng.choice(SHAPES), rng.choice(DTYPES))
             for i in range(rng.randint(1, 2))}
    arguments = list(names)
    inputs = [value.clone() for value in names.values()]
    lines = []
    for _ in range(20 * count):
        if len(lines) >= count:
            break
        tensors = list(names)
        a = rng.choice(tensors[-5:] if rng.random() < 0.7 else tensors)
        b = rng.choice(tensors)
        shape = list(names[a].shape)
        number = rng.choice(["2", "-1", "3"] if names[a].dtype == torch.int64
                            else ["2", "-1", "0.5", "1.5"])
        r = f"v{len(lines)}"
        kind = rng.random()
        if kind < 0.15:
            line = rng.choice(new_tensors(r, a, b, shape, number))
        elif kind < 0.55:
            line = rng.choice(views(rng, r, a, b, shape))
        elif kind < 0.555 and all(names[a] is not names[n] for n in arguments):
            line = rng.choice(reshapes(rng, a, shape))
        else:
            line = rng.choice(writes(rng, a, "READ", shape, number))
        trial = {name: value for name, value in names.items()}
        before = {name: value.clone() for name, value in names.items()}
        try:
            if not _is_defined(line, names, b):
                continue
            line = line.replace("READ", b)
            exec(line, {"torch": torch}, trial)
        except Exception:
            # What failed half way has no defined outcome.
            if any(not torch.equal(names[n], v) for n, v in before.items()):
                return None
            continue
        names = trial
        if any(value.numel() > 200 for value in names.values()):
            return None
        lines.append(line)
    results = [n for n in names if rng.random() < 0.8] or [arguments[0]]
    head = ", ".join(f"{n}: Tensor" for n in arguments)
    source = [f"def forward(self, {head}):", *("    " + line for line in lines),
              f"    return ({', '.join(results)},)"]
    return "\n".join(source) + "\n", inputs


class ControlFlow:
    """Loops and branches on 4x4 matrices and their rows. `separate` is the same
    program with copies of what statements read while they write: where it gives
    something else, the outcome is not defined."""

    def __init__(self, seed, count):
        self.rng, self.lines, self.made = random.Random(seed), [], 0
        matrices, rows = ["x", "y"], []
        if self.rng.random() < 0.6:
            self.emit(1, "x = x.clone()")
        if self.rng.random() < 0.4:
            self.emit(1, "y = y * 1.0")
        for _ in range(count):
            self.statement(1, matrices, rows, None, 0)
        results = [n for n in matrices + rows if self.rng.random() < 0.8]
        source = "\n".join(
            ["def forward(self, x: Tensor, y: Tensor, n: int, flag: bool):",
             *self.lines, f"    return ({', '.join(results or ['x'])},)"]) + "\n"
        self.source = re.sub("[{}]", "", source)
        self.separate = source.replace("{", "(").replace("}", ").clone()")
        x = example([4, 4], torch.float32) / 2
        self.inputs = [[x, x.flip(0) * 0.5, n, flag] for n, flag in
                       ((0, True), (1, False), (3, True), (4, False))]

    def emit(self, indent, line):
        self.lines.append("    " * indent + line)

    def block(self, indent, matrices, rows, turn, depth):
        # Names made in a block are its own.
        matrices, rows = list(matrices), list(rows)
        for _ in range(self.rng.randint(1, 3)):
            self.statement(indent, matrices, rows, turn, depth)

    def statement(self, indent, matrices, rows, turn, depth):
        rng, choose = self.rng, self.rng.choice
        kind = rng.random()
        m, o = choose(matrices), choose(matrices)
        r = choose(rows) if rows else None
        i = turn if turn and rng.random() < 0.6 else choose("0 1 3 -1".split())
        c = choose("2.0 0.5 -1.0".split())
        self.made += 1
        new = self.made
        if kind < 0.12 and depth < 2:
            self.emit(indent, f"for i{new} in range({choose('n23')}):")
            self.block(indent + 1, matrices, rows, f"i{new}", depth + 1)
        elif kind < 0.26 and depth < 3:
            test = choose(["flag", "n > 2", f"{turn or 'n'} % 2 == 0"])
            self.emit(indent, f"if {test}:")
            self.block(indent + 1, matrices, rows, turn, depth + 1)
            if rng.random() < 0.6:
                self.emit(indent, "else:")
                self.block(indent + 1, matrices, rows, turn, depth + 1)
        elif kind < 0.34:
            self.emit(indent, f"m{new} = " + choose(
                [f"{m}.t()", f"{m} * {c}", f"{m}.clone()", m,
                 f"{m}.view(16).view(4, 4)", "torch.zeros(4, 4)"]))
            matrices.append(f"m{new}")
        elif kind < 0.42:
            self.emit(indent, f"r{new} = " + choose(
                [f"{m}[{i}]", f"{m}[:, {i}]", f"{m}.diagonal()", f"{m}.sum(0)",
                 f"{m}[{i}] + 1"]))
            rows.append(f"r{new}")
        elif kind < 0.5 and r:
            self.emit(indent, f"{r} = " + choose(
                [f"{r} + 1", f"{m}[{i}]", choose(rows), f"{r} * {c}"]))
        elif kind < 0.6:
            self.emit(indent, f"{m} = " + choose(
                [f"{o} + 1", o, f"{o}.t()", f"{m} * {c}", f"{o}.clone()"]))
        elif kind < 0.78 and r:
            self.emit(indent, choose(
                [f"{r} += {c}", f"{r} *= {c}",
                 f"{r}.add_({{{choose(rows)}}})",
                 f"{r}[0] = {c}", f"{r}.zero_()", f"{r}[1:].mul_({c})",
                 f"{r} += {{{m}[{i}]}}"]))
        else:
            self.emit(indent, choose(
                [f"{m} += {c}", f"{m}[{i}] += {c}",
                 f"{m}[{i}] = " + (f"{{{r}}}" if r else c),
                 f"{m}[:, {i}] = {c}", f"{m}.add_({{{o}}})",
                 f"{m}.t().mul_({c})", f"{m}[{i}] = {{{o}[0]}}",
                 f"{m}.diagonal().add_({c})", f"{m}.relu_()",
                 f"{m}.copy_({{{o}}})", f"{m}[{i}][1:] = {c}"]))
