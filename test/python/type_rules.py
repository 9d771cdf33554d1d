"""Compares the shape and dtype rules with PyTorch.

Each call becomes a small function whose result types mt-opt infers: with every
size known, where the answer must be PyTorch's exactly, and with sizes, ranks,
dtypes and numbers unknown one at a time, where nothing known may differ."""
import os
import re
import shutil
import struct
import subprocess

import pytest
import torch

DTYPES = {torch.uint8: "ui8", torch.int8: "i8", torch.int16: "i16",
          torch.int32: "i32", torch.int64: "i64", torch.float16: "f16",
          torch.bfloat16: "bf16", torch.float32: "f32", torch.float64: "f64",
          torch.bool: "i1", torch.complex64: "complex<f32>",
          torch.complex128: "complex<f64>"}
NUMBERS = {torch.uint8: 0, torch.int8: 1, torch.int16: 2, torch.int32: 3,
           torch.int64: 4, torch.float16: 5, torch.float32: 6,
           torch.float64: 7, torch.complex64: 9, torch.complex128: 10,
           torch.bool: 11, torch.bfloat16: 15, torch.strided: 0,
           torch.contiguous_format: 0, torch.preserve_format: 1,
           torch.channels_last: 2, torch.channels_last_3d: 3}
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def find_mt_opt():
    folder = os.environ.get("MINITORCH_TOOLS_DIR",
                            os.path.join(ROOT, "build", "bin"))
    return shutil.which("mt-opt", path=folder) or shutil.which("mt-opt")


def with_rules():
    """The operators that have a rule: their words in AtenOps.txt."""
    path = os.path.join(ROOT, "include/MiniTorch/Dialect/Mt/IR/AtenOps.txt")
    with open(path, encoding="utf-8") as lines:
        return {line.split()[0]: line.split()[1:] for line in lines
                if line.strip() and not line.startswith("#")}


RULES = {name: words[0] for name, words in with_rules().items()}
# Those without an op class.
GENERIC = {name for name, words in with_rules().items()
           if "generic" in words}


# Calls ----------------------------------------------------------------------

class Call:
    """An operator with the values of all its schema's arguments."""

    def __init__(self, name, *args, **kwargs):
        self.name = name
        base, _, overload = name.partition(".")
        self.op = getattr(getattr(torch.ops.aten, base), overload or "default")
        self.schema = self.op._schema
        self.values = []
        rest = list(args)
        for argument in self.schema.arguments:
            if argument.name in kwargs:
                self.values.append(kwargs.pop(argument.name))
            elif rest and not argument.kwarg_only:
                self.values.append(rest.pop(0))
            else:
                assert argument.has_default_value(), (name, argument.name)
                self.values.append(argument.default_value)
        assert not rest and not kwargs, (name, rest, kwargs)
        # As Python does where the schema says float.
        self.values = [
            float(v) if type(v) is int and re.search(r"\bfloat\b", str(a.type))
            and "List" not in str(a.type) else v
            for a, v in zip(self.schema.arguments, self.values)]

    def run(self):
        keywords = {a.name: v for a, v in zip(self.schema.arguments,
                                              self.values) if a.kwarg_only}
        positional = [v for a, v in zip(self.schema.arguments, self.values)
                      if not a.kwarg_only]
        return self.op(*positional, **keywords)

    def is_plain(self):
        """Whether it gives tensors and takes what the schema says; PyTorch
        also converts tensors to numbers."""
        return all("Tensor" in str(r.type) for r in self.schema.returns) and (
            not any(isinstance(v, torch.Tensor)
                    and "Tensor" not in str(a.type)
                    for a, v in zip(self.schema.arguments, self.values)))

    def __str__(self):
        def text(value):
            if isinstance(value, torch.Tensor):
                return f"{DTYPES[value.dtype]}{list(value.shape)}"
            if isinstance(value, (list, tuple)):
                return "[" + ", ".join(map(text, value)) + "]"
            return repr(value)
        return f"{self.name}({', '.join(map(text, self.values))})"


def tensor(*shape, dtype=torch.float32):
    return torch.ones(shape, dtype=dtype)


# mt text --------------------------------------------------------------------

def tensor_type(value, dims=None, dtype=True, unboxed=False):
    dims = list(value.shape) if dims is None else dims
    word = DTYPES[value.dtype]
    if unboxed:
        return "tensor<" + "".join(f"{d}x" for d in dims) + word + ">"
    sizes = "*" if dims == "*" else "[" + ",".join(map(str, dims)) + "]"
    return f"!mt.tensor<{sizes}{',' + word if dtype else ''}>"


SCHEMA_TYPES = {"int": "i64", "SymInt": "i64", "float": "f64", "bool": "i1",
                "Tensor": "!mt.tensor", "number": "!mt.number",
                "Scalar": "!mt.number", "ScalarType": "i64", "str": "!mt.str",
                "Device": "!mt.device", "Layout": "i64",
                "MemoryFormat": "i64", "Generator": "!mt.generator"}


def optional_type(schema_type):
    text = str(schema_type)
    text = re.sub(r"\(.*?\)", "", text)
    match = re.fullmatch(r"Optional\[(.*)\]", text)
    text = match.group(1) if match else text.rstrip("?")
    match = re.fullmatch(r"List\[(.*)\]", text) or re.fullmatch(
        r"(.*)\[\d*\]", text)
    if match:
        return f"!mt.optional<!mt.list<{SCHEMA_TYPES[match.group(1)]}>>"
    return f"!mt.optional<{SCHEMA_TYPES[text]}>"


class Text:
    """One function that makes the call. `change` maps a path of a value (index
    of the argument, then of the list's element) to the type it comes with, as
    an argument of the function."""

    def __init__(self, call, number, change=None, unboxed=False):
        self.arguments, self.lines, self.call = [], [], call
        self.change, self.unboxed = change or {}, unboxed
        operands, types = [], []
        for i, value in enumerate(call.values):
            name, type_text = self.value(value, (i,))
            operands.append(name)
            types.append(type_text)
        results = call.schema.returns
        names = [f"%r{i}" for i in range(len(results))]
        unknown = ["!mt.list<!mt.tensor>" if "List" in str(r.type)
                   else "!mt.tensor" for r in results]
        operator = (f'mt.operator "aten::{call.name}"({", ".join(operands)})'
                    if call.name in GENERIC
                    else f"mt.aten.{call.name} {', '.join(operands)}")
        self.text = "\n".join([
            f"func.func @c{number}({', '.join(self.arguments)}) -> "
            f"({', '.join(unknown)}) {{", *self.lines,
            f"  {', '.join(names)} = {operator} : ({', '.join(types)}) -> "
            f"({', '.join(unknown)})",
            f"  return {', '.join(names)} : {', '.join(unknown)}", "}"])

    def argument(self, type_text):
        name = f"%a{len(self.arguments)}"
        self.arguments.append(f"{name}: {type_text}")
        return name, type_text

    def line(self, text, type_text):
        name = f"%v{len(self.lines)}"
        self.lines.append(f"  {name} = {text}")
        return name, type_text

    def value(self, value, path):
        if path in self.change:
            return self.argument(self.change[path])
        if isinstance(value, torch.Tensor):
            return self.argument(tensor_type(value, unboxed=self.unboxed))
        if value is None:
            return self.line("mt.constant.none", "!mt.none")
        if isinstance(value, bool):
            return self.line(f"arith.constant {str(value).lower()}", "i1")
        if isinstance(value, (torch.dtype, torch.layout, torch.memory_format)):
            value = NUMBERS[value]
        if isinstance(value, int):
            return self.line(f"arith.constant {value} : i64", "i64")
        if isinstance(value, float):
            bits = struct.unpack("<Q", struct.pack("<d", value))[0]
            return self.line(f"arith.constant 0x{bits:016X} : f64", "f64")
        if isinstance(value, str):
            return self.line(f'mt.constant.str "{value}"', "!mt.str")
        if isinstance(value, torch.device):
            return self.line(f'mt.constant.device "{value}"', "!mt.device")
        if isinstance(value, (list, tuple)):
            elements = [self.value(v, (*path, i)) for i, v in enumerate(value)]
            types = [t for _, t in elements]
            if any("tensor" in t or "none" in t for t in types):
                element = ("!mt.optional<!mt.tensor>"
                           if any("none" in t for t in types)
                           else "!mt.tensor")
            else:
                element = types[0] if types else "i64"
            list_type = f"!mt.list<{element}>"
            return self.line(
                f"mt.prim.list_construct {', '.join(n for n, _ in elements)}"
                f" : ({', '.join(types)}) -> {list_type}", list_type)
        raise TypeError(f"{self.call.name}: no text for {value!r}")


def leaves(values, path=()):
    for i, value in enumerate(values):
        yield (*path, i), value
        if isinstance(value, (list, tuple)):
            yield from leaves(value, (*path, i))


def changes(call):
    """What to leave unknown, one thing at a time, and all sizes together."""
    every = {}
    for path, value in leaves(call.values):
        schema_type = call.schema.arguments[path[0]].type
        is_optional = len(path) == 1 and (
            "Optional" in str(schema_type) or "?" in str(schema_type))
        if isinstance(value, torch.Tensor):
            dims = list(value.shape)
            for i in range(len(dims)):
                some = dims[:i] + ["?"] + dims[i + 1:]
                yield {path: tensor_type(value, some)}
            every[path] = tensor_type(value, ["?"] * len(dims))
            yield {path: tensor_type(value, "*")}
            yield {path: tensor_type(value, dtype=False)}
            yield {path: "!mt.tensor"}
            if is_optional:
                yield {path: "!mt.optional<!mt.tensor>"}
        elif isinstance(value, bool):
            yield {path: "i1"}
        elif isinstance(value, (int, torch.dtype)):
            yield {path: "i64"}
        elif isinstance(value, float):
            yield {path: "f64"}
        elif isinstance(value, (list, tuple)) and len(path) == 1:
            kinds = {type(v) for v in value}
            if kinds == {torch.Tensor}:
                yield {path: "!mt.list<!mt.tensor>"}
            elif kinds == {int}:
                yield {path: "!mt.list<i64>"}
        elif value is None and is_optional:
            yield {path: optional_type(schema_type)}
    if every:
        yield every


# Answers --------------------------------------------------------------------

def infer(texts):
    """For each function its result types' text, or None, and the messages."""
    source = "\n// -----\n".join(t.text for t in texts)
    done = subprocess.run(
        [find_mt_opt(), "--mt-infer-types", "--split-input-file", "-"],
        input=source, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    answers = {int(n): types for n, types in re.findall(
        r"func\.func @c(\d+)\(.*?\) -> (.*) \{$", done.stdout, re.M)}
    return answers, done.stderr


def parse_types(text):
    """[(sizes or None, dtype or None)] of a result type list; a list of
    tensors gives its element."""
    element = r"(complex<\w+>|\w+)"
    found = []
    for boxed, sizes, dtype, plain, plain_dtype in re.findall(
            rf"(!mt\.tensor)\b(?:<(?:(\*|\[[^\]]*\]),?)?{element}?>)?"
            rf"|\btensor<((?:[\d?]+x)*){element}>", text):
        if not boxed:
            sizes, dtype = f"[{plain[:-1].replace('x', ',')}]", plain_dtype
        dims = None
        if sizes.startswith("["):
            dims = [None if d == "?" else int(d)
                    for d in sizes[1:-1].split(",") if d]
        found.append((dims, dtype or None))
    return found


def expected_types(result):
    """The same of what PyTorch computed; sizes in which a list's tensors
    differ are None."""
    if isinstance(result, torch.Tensor):
        return [(list(result.shape), DTYPES[result.dtype])]
    if isinstance(result, list):
        shapes = [list(r.shape) for r in result]
        common = [sizes[0] if len(set(sizes)) == 1 else None
                  for sizes in zip(*shapes)]
        return [(common, DTYPES[result[0].dtype])]
    if not isinstance(result, tuple):
        return []
    return [expected for part in result for expected in expected_types(part)]


def is_compatible(answer, expected):
    (sizes, dtype), (wanted, wanted_dtype) = answer, expected
    if dtype is not None and dtype != wanted_dtype:
        return False
    return sizes is None or (len(sizes) == len(wanted) and all(
        a is None or a == b for a, b in zip(sizes, wanted)))


# Sizes that depend on what is in a tensor.
DATA_DEPENDENT = {"nonzero", "maskedSelect", "packPadded", "padPacked",
                  "unique"}


def is_data_dependent(call):
    if RULES[call.name] in DATA_DEPENDENT:
        return True
    if call.name == "one_hot":
        return call.values[1] == -1
    return call.name == "index.Tensor" and any(
        index is not None and index.dtype in (torch.bool, torch.uint8)
        for index in call.values[1])


def check(calls, vary=True):
    """The differences, a line each."""
    texts, kinds, expectations = [], [], []
    for call in calls:
        try:
            result = call.run()
        except (RuntimeError, NotImplementedError, IndexError, ValueError):
            continue  # PyTorch itself refuses
        try:
            expected = expected_types(result)
        except KeyError:
            continue  # a dtype that mt does not have
        variants = [({}, False), ({}, True)]
        if vary:
            variants += [(change, False) for change in changes(call)]
        for change, unboxed in variants:
            texts.append(Text(call, len(texts), change, unboxed))
            kinds.append("exact" if not change and not is_data_dependent(call)
                         else "compatible")
            expectations.append(expected)
    answers, messages = {}, ""
    for start in range(0, len(texts), 2000):
        some, more = infer(texts[start:start + 2000])
        answers.update(some)
        messages += more
    wrong = []
    for number, (text, kind, expected) in enumerate(zip(texts, kinds,
                                                        expectations)):
        where = f"{text.call} with {text.change or 'all known'}"
        if number not in answers:
            wrong.append(f"{where}: refused")
            continue
        got = parse_types(answers[number])
        agrees = len(got) == len(expected) and (
            got == expected if kind == "exact"
            else all(map(is_compatible, got, expected)))
        if not agrees:
            wrong.append(f"{where}: {answers[number]}, PyTorch: {expected}")
    return wrong, messages, len(texts)


def expect_right(calls, vary=True):
    """Fails with what differs; `vary` leaves things unknown, too."""
    if not find_mt_opt():
        pytest.skip("mt-opt is not built")
    wrong, messages, count = check(list(calls), vary)
    assert not wrong, "\n".join([f"{len(wrong)} of {count}", *wrong[:20],
                                 messages[-1500:]])
    assert count, "PyTorch refuses every call"
