#!/usr/bin/env python3
"""Writes the checked-in list of dtypes that operators refuse, by asking PyTorch.

    python utils/dump_dtype_errors.py > include/MiniTorch/Dialect/Mt/IR/DtypeErrors.txt

Every sample input of PyTorch's operator database becomes a call of one operator
of TorchScript, which is then called with tensors of every dtype. What raises
for every sample is a line, with the most frequent message,

    name.overload(operands) dtypes Type: message

where `operands` are those whose dtypes decide: one (the first of several that
have to agree), or several that are promoted to one dtype. `{}` in the message is PyTorch's name of the dtype, and
`{type}` C++'s. In-place forms have a line where it is not that of the operator
that computes the same.

What raises for some samples is a line if one or two conditions tell which,

    name.overload(operands) dtypes if CONDITION&CONDITION Type: message

`self.dim()=2` and `self.dim()>0` are about a tensor's rank, `min=None` and
`min!=None` about an optional operand, `mode=reflect` and `training=True` about
a constant, `len(pad)=2` about a list, `alpha:float` about the type of a number.
"""
import collections
import contextlib
import itertools
import os
import pickle
import re
import signal
import sys
import warnings

import torch

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir)
sys.path.insert(0, os.path.join(ROOT, "test", "python"))
from op_db import calls  # noqa: E402

DTYPES = {"bool": torch.bool, "uint8": torch.uint8, "int8": torch.int8,
          "int16": torch.int16, "int32": torch.int32, "int64": torch.int64,
          "float16": torch.float16, "bfloat16": torch.bfloat16,
          "float32": torch.float32, "float64": torch.float64,
          "complex64": torch.complex64, "complex128": torch.complex128}
NAMES = {"bool": "Bool", "uint8": "Byte", "int8": "Char", "int16": "Short",
         "int32": "Int", "int64": "Long", "float16": "Half",
         "bfloat16": "BFloat16", "float32": "Float", "float64": "Double",
         "complex64": "ComplexFloat", "complex128": "ComplexDouble"}
TYPES = {"bool": "bool", "uint8": "unsigned char", "int8": "signed char",
         "int16": "short int", "int32": "int", "int64": "long int",
         "float16": "c10::Half", "bfloat16": "c10::BFloat16",
         "float32": "float", "float64": "double",
         "complex64": "c10::complex<float>",
         "complex128": "c10::complex<double>"}
# Operators of Python with names of their own.
SYMBOLS = {"bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^",
           "bitwise_left_shift": "<<", "bitwise_right_shift": ">>"}
# Words for several dtypes.
GROUPS = {"integers": ["uint8", "int8", "int16", "int32", "int64"],
          "floats": ["float16", "bfloat16", "float32", "float64"],
          "complex": ["complex64", "complex128"]}
BASES = (torch.float32, torch.complex64, torch.int64, torch.bool)
SAMPLES = 16
# Numbers in the text of a call, of which the first ones get other types.
LITERAL = re.compile(r"(?<![\w.\[])-?\d+(\.\d+)?(e-?\d+)?(?![\w.\]])")
LITERALS = 4
# Of the processor, for an entry.
SECONDS = 300
OTHER_DTYPE = re.compile(r"\b(float|double|long|Float|Double|Long)\b")

# Not operators, or constants of one.
TRANSPARENT = {"prim::Constant", "prim::ListConstruct", "prim::TupleConstruct",
               "prim::ListUnpack", "prim::TupleUnpack"}


def operator_of(function):
    """The only operator of a function, or None."""
    nodes = [node for node in function.graph.nodes()
             if node.kind() not in TRANSPARENT]
    if len(nodes) != 1 or not nodes[0].kind().startswith("aten::"):
        return None
    return nodes[0]


def functions_of(entry, sample):
    """(function, tensors) of the forms in which a sample calls an operator."""
    for source, tensors in calls._sources(entry, sample, calls.Arguments):
        sources = [source]
        if entry.name in SYMBOLS and len(tensors) == 2:
            symbol = SYMBOLS[entry.name]
            sources += [f"def call(t0: Tensor, t1: Tensor):\n    return t0 "
                        f"{symbol} {other}\n" for other in ("t1", "True", "2")]
        # An operator on two tensors takes a number for the second, too.
        if re.search(r"\(t0, t1\)\n", source):
            sources += [re.sub(r"\(t0, t1\)\n", f"(t0, {number})\n", source)
                        for number in ("True", "2", "1.5")]
        # So does a number of another type.
        head, body = source.split("\n", 1)
        for literal in list(LITERAL.finditer(body))[:LITERALS]:
            sources += [f"{head}\n{body[:literal.start()]}{number}"
                        f"{body[literal.end():]}" for number in ("1.5", "2j")]
        for text in sources:
            with contextlib.suppress(Exception):
                function = torch.jit.CompilationUnit(text).call
                if operator_of(function):
                    yield function, tensors
    tensors = []
    positional = calls.collect((sample.input, *sample.args), tensors)
    keywords = calls.collect(dict(sample.kwargs), tensors)
    with contextlib.suppress(Exception):
        traced = torch.jit.trace(
            lambda *given: entry.op(*positional(given), **keywords(given)),
            calls.copies(tensors), check_trace=False, strict=False)
        if operator_of(traced):
            yield traced, tensors


def outcome(function, tensors):
    """None, or the type and the message of what a call raises."""
    try:
        with torch.jit.optimized_execution(False):
            function(*tensors)
        return None
    except Exception as error:
        text = str(error).strip()
        place = text.find("RuntimeError: ", max(0, text.rfind("<--- HERE")))
        text = text[place + len("RuntimeError: "):] if place >= 0 else text
        return f"{type(error).__name__}: {text.strip()}"


def cast(tensor, dtype):
    return tensor.detach().clone().to(dtype)


class Facts:
    """What was seen of one operator's operands that have the same dtype; of an
    index or a mask, alone."""

    def __init__(self):
        self.operands = set()
        # Those of any sample.
        self.seen = set()
        self.promotes = True
        # By dtype: how often which conditions came with which outcome.
        self.outcomes = collections.defaultdict(collections.Counter)

    def merge(self, other):
        # Where entries disagree on what decides, fewer operands do.
        self.operands = (self.operands & other.operands) or other.operands
        self.seen |= other.seen
        self.promotes &= other.promotes
        for word, results in other.outcomes.items():
            self.outcomes[word] += results


def constant_of(value):
    """What a value is known to be: a constant, or a list of them; or None."""
    if value.node().kind() == "prim::Constant":
        return value.toIValue()
    if value.node().kind() == "prim::ListConstruct":
        return [constant_of(item) for item in value.node().inputs()]
    return None


def conditions_of(schema, node, parameters, tensors):
    """The conditions that a call fulfils, as they are written. What begins with
    a "~" cannot be written, and may be the true reason."""
    found = set()
    for argument, value in zip(schema.arguments, node.inputs()):
        kind, name = str(argument.type), argument.name
        constant = constant_of(value)
        if isinstance(constant, (list, int, float)) and \
                kind not in ("number", "bool"):
            found.add(f"~{name}={constant}")
            if constant != argument.default_value:
                found.add(f"~{name}")
        is_optional = kind.startswith("Optional")
        if is_optional:
            is_none = str(value.type()) == "NoneType"
            found.add(f"{name}{'=' if is_none else '!='}None")
        if value.debugName() in parameters and not is_optional:
            rank = tensors[parameters.index(value.debugName())].dim()
            found.add(f"{name}.dim()={rank}")
            if rank:
                found.add(f"{name}.dim()>0")
        elif kind in ("List[int]", "List[float]") and \
                isinstance(constant, list):
            found.add(f"len({name})={len(constant)}")
        elif kind == "number" and constant is not None:
            found.add(f"{name}:{type(constant).__name__}")
        elif isinstance(constant, bool) or (
                isinstance(constant, str) and re.fullmatch(r"\w+", constant)):
            found.add(f"{name}={constant}")
    return frozenset(found)


def try_dtypes(function, tensors, places, number, conditions, known):
    """Calls an operator with tensors of every dtype at `places`."""
    for word, dtype in DTYPES.items():
        given = [cast(t, dtype) if i in places else t
                 for i, t in enumerate(calls.copies(tensors))]
        result = outcome(function, given)
        if number is not None:
            promoted = torch.result_type(torch.zeros(1, dtype=dtype), number)
            word = str(promoted).rpartition(".")[2]
        if result:
            result = re.sub(r"(?:(?<=dtype )|(?<=specified ))"
                            f"{re.escape(TYPES[word])}$", "{type}", result)
            for kind in ("CPU{}Type", "torch.{}Tensor"):
                result = result.replace(kind.format(NAMES[word]), kind)
            result = re.sub(rf"(?<![A-Za-z]){NAMES[word]}(?![A-Za-z])", "{}",
                            result)
        known.outcomes[word][conditions, result] += 1


def ask(function, tensors, base, facts):
    """Calls an operator with tensors of every dtype in the place of those of
    dtype `base`, and in the place of each other one."""
    node = operator_of(function)
    schema = torch._C.parse_schema(node.schema())
    parameters = [value.debugName() for value in function.graph.inputs()]
    if len(parameters) == len(tensors) + 1:  # a traced module's self
        parameters = parameters[1:]
    places, others, number = {}, {}, None
    for argument, value in zip(schema.arguments, node.inputs()):
        if argument.name == "dtype" and str(value.type()) != "NoneType":
            return  # what is computed has another
        if value.debugName() in parameters:
            index = parameters.index(value.debugName())
            same = tensors[index].dtype == base
            (places if same else others)[argument.name] = index
        elif value.node().kind() == "prim::Constant" and \
                str(argument.type) == "number" and \
                argument.name in ("self", "other", "exponent"):
            number = (argument.name, value.toIValue())
    name = node.schema().split("(")[0]
    known = facts[name, ""]
    # An index is an integer; what has a float in its place is none.
    seen = set(places) if base.is_floating_point else set()
    if known.operands:
        # What another base says is an index is one.
        places = {key: i for key, i in places.items() if key in known.operands}
    if not places or known.operands.intersection(others) or \
            any(tensors[i].numel() == 0 for i in
                [*places.values(), *others.values()]) or \
            outcome(function, calls.copies(tensors)):
        return
    known.operands |= set(places)
    known.seen |= seen | set(places)
    if number:
        known.operands.add(number[0])
    if len(places) > 1:
        mixed = list(calls.copies(tensors))
        last = list(places.values())[-1]
        mixed[last] = cast(mixed[last], torch.float64 if base.is_floating_point
                           else torch.int32)
        known.promotes &= outcome(function, mixed) is None
    conditions = conditions_of(schema, node, parameters, tensors)
    try_dtypes(function, tensors, set(places.values()),
               number and number[1], conditions, known)
    if base != BASES[0]:
        return
    for key, index in others.items():
        if not tensors[index].dtype.is_floating_point:
            known = facts[name, key]
            known.operands.add(key)
            try_dtypes(function, tensors, {index}, None, conditions, known)


def separating(outcomes, message):
    """The condition, or the two, that hold where `message` is the outcome and
    nowhere else, if no others do; the types of numbers, which were tried one by
    one, that tell as much together. Empty where hardly a sample says so."""
    inside = collections.Counter()
    outside = collections.Counter()
    for (known, result), count in outcomes.items():
        (inside if result == message else outside)[known] += count
    if min(inside.total(), outside.total()) < 2:
        return []
    # Where something is computed, a wrong reason would refuse it.
    answers = any(result is None for _, result in outcomes)
    atoms = sorted(frozenset.union(*inside))

    def pure(number, atoms):
        return [conditions for conditions in
                itertools.combinations(atoms, number)
                if not any(known.issuperset(conditions) for known in outside)]

    for number in (1, 2):
        exact = [conditions for conditions in pure(number, atoms)
                 if all(known.issuperset(conditions) for known in inside)]
        told = [conditions for conditions in exact
                if not any(atom.startswith("~") for atom in conditions)]
        # What has no dimensions takes another way.
        for condition, in told if number == 1 else ():
            if condition.endswith("()>0") and any(
                    condition.replace(">", "=") in known for known in outside):
                return [condition]
        if told and (len(exact) == 1 or not answers):
            return ["&".join(told[0])]
        if exact:
            return []
    types = [atom for atom, in pure(1, [a for a in atoms if ":" in a and
                                        not a.startswith("~")])]
    return types if all(known.intersection(types) for known in inside) else []


def lines_of(known, order, key):
    """Lines of an operator, one a message and condition."""
    by_message = collections.defaultdict(list)
    for word in NAMES:
        outcomes = known.outcomes[word]
        results = collections.Counter()
        for (_, result), count in outcomes.items():
            results[result] += count
        usual = None
        if results and None not in results:
            usual = max(sorted(results), key=results.get)
            by_message["", usual].append(word)
        for message in set(results) - {None, usual}:
            for condition in separating(outcomes, message):
                by_message[f"if {condition} ", message].append(word)
    operands = [key for key in order if key in known.operands]
    if not (known.promotes and len(operands) > 1):
        operands = operands[:1]
    for (condition, message), words in sorted(by_message.items()):
        # A message with sizes or values in it is that of a sample; one with
        # another dtype is about operands that have to agree.
        if "\n" in message or re.search(
                r"\[\d|torch\.\w+Tensor|INTERNAL ASSERT|out of bounds|"
                r"without overflow", message) or \
                condition and not key and OTHER_DTYPE.search(message):
            continue
        for group, members in GROUPS.items():
            if set(members) <= set(words):
                at = words.index(members[0])
                words = [w for w in words if w not in members]
                words.insert(at, group)
        yield f"({','.join(operands)}) {','.join(words)} {condition}{message}"


def functional_name(name):
    base, _, overload = name.partition(".")
    return base.removesuffix("_") + (f".{overload}" if overload else "")


def measure(entry):
    facts = collections.defaultdict(Facts)
    for base in BASES:
        if base not in entry.supported_dtypes("cpu"):
            continue
        torch.manual_seed(0)
        samples = list(entry.sample_inputs("cpu", base, requires_grad=False))
        for sample in calls.spread(samples, SAMPLES):
            for function, tensors in functions_of(entry, sample):
                ask(function, tensors, base, facts)
    return facts


def measure_apart(entry):
    """The same in a process of its own: a sample may kill it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        # Not by the clock: what is found may not depend on what else runs.
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        with os.fdopen(writer, "wb") as out:
            pickle.dump(dict(measure(entry)), out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as result:
        data = result.read()
    _, status = os.waitpid(child, 0)
    if status:
        print(f"{entry.name}: ended by {status}", file=sys.stderr)
    return pickle.loads(data) if data else {}


def write(facts):
    orders = {schema.split("(")[0]: schema for schema in
              map(str, torch._C._jit_get_all_schemas())}
    lines = collections.defaultdict(set)
    for (name, key), known in list(facts.items()):
        # What is an index in one sample is none in another (cross_entropy's
        # target).
        if name in orders and key not in facts[name, ""].seen:
            schema = torch._C.parse_schema(orders[name])
            order = [argument.name for argument in schema.arguments]
            lines[name] |= set(lines_of(known, order, key))
    print(f"# PyTorch {torch.__version__.split('+')[0]}; made by "
          "utils/dump_dtype_errors.py")
    for name in sorted(list(lines)):
        functional = functional_name(name)
        inherited = lines[functional] if functional != name else set()
        for line in sorted(lines[name] - inherited):
            # In place, these follow from the result's dtype.
            if not (functional != name and
                    "can't be cast to the desired output" in line):
                print(name.removeprefix("aten::") + line)


def main():
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    facts = collections.defaultdict(Facts)
    for name in sorted(calls.ENTRIES):
        found = measure_apart(calls.ENTRIES[name])
        if not found:
            print(f"{name}: no operator", file=sys.stderr)
        for key, known in found.items():
            facts[key].merge(known)
    write(facts)


if __name__ == "__main__":
    main()
