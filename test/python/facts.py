"""Compares what mt-print-facts says of operators with what PyTorch does.

    python test/python/facts.py [OPERATOR...]

calls all of them, or those named, and prints the differences.

An operator is called with samples of PyTorch's operator database and with made
arguments, of several dtypes and lying in memory in several ways. What is seen:
whether results are arguments or share memory with them, what is written, whose
sizes change, whether random numbers are drawn, whether the result depends on
how arguments lie and on what is in them, how a new result lies, and whether
elements that are one in memory are written. The same call, as mt text, is what the
compiler is asked about."""
import collections
import faulthandler
import itertools
import os
import pickle
import random
import re
import subprocess
import sys

import torch
from type_rules import ROOT, SCHEMA_TYPES, Call, Text, find_mt_opt, \
    tensor_type

# Other kinds of tensors and machines, and what needs arguments of its own kind.
SKIPPED = re.compile(
    "sparse|mkldnn|quant|cudnn|miopen|mps|nested|xnnpack|fbgemm|cslt|vulkan|"
    "triton|flash|efficient|_amp_|_test_|fake_|_fw_primal|dual|storage|"
    "from_file|"
    "_has_|segment_reduce|assert|validate|values|crow|ccol|(col|row)_indices|"
    "coalesce|hspmm|backward|sdp|int[48]|_scaled_|to_padded|_grouped|_mixed|"
    "_foreach|_fused|_jagged|_transformer|_native_multi|spdiags|interpolate|"
    "_sobol|_thnn|_dirichlet|_nnz|_dim[IV]|_print|_unsafe_(index|masked)|"
    "_index_put_impl|searchsorted|_wrapped|_make_dep|_standard_gamma_grad|"
    "_weight_int|_grad_sum|_cuda|q_|_pin_memory|_dim_arange|_cufft|wait|rpc|"
    "_nnpack")
# Results that differ by more than rounding, or are not made of the arguments.
UNSTABLE = re.compile(
    r"empty|det|eig|choose_qparams|_linear_combination|_weight_norm|_version|"
    r"svd|lstsq|qr\b|resize|new_|_like$|set|_fft_r2c|_masked_softmax")


class Operator:
    """An overload of PyTorch's."""

    def __init__(self, schema):
        self.schema = schema
        self.base = schema.name[len("aten::"):]
        overload = schema.overload_name
        self.name = self.base + (f".{overload}" if overload else "")

    def is_out(self):
        return any(a.kwarg_only and a.alias_info is not None
                   and a.alias_info.is_write for a in self.schema.arguments)


def listed():
    """The operators that AtenFacts.txt names, without their overloads."""
    path = os.path.join(ROOT, "include/MiniTorch/Dialect/Mt/IR/AtenFacts.txt")
    with open(path, encoding="utf-8") as lines:
        return {line.split()[0].partition(".")[0] for line in lines
                if line.startswith(" ") and line.split("#")[0].strip()}


def operators():
    """Those with tensors that can be called here."""
    for schema in torch._C._jit_get_all_schemas():
        types = " ".join(str(a.type) for a in
                         (*schema.arguments, *schema.returns))
        if not schema.name.startswith("aten::") or "Tensor" not in types:
            continue
        operator = Operator(schema)
        if not operator.is_out() and not SKIPPED.search(operator.name):
            yield operator


# Arguments ------------------------------------------------------------------

def numbered(shape, dtype, salt):
    count = torch.Size(shape).numel()
    return ((torch.arange(count) * 5 + salt * 3) % 7 - 1).reshape(
        shape).to(dtype)


def made_values(argument, shape, dtype, salt):
    """What an argument may be, likely ones first."""
    name, kind = argument.name, str(argument.type)
    given = [argument.default_value] if argument.has_default_value() else []
    if kind.startswith("Optional["):
        given, kind = given or [None], kind[len("Optional["):-1]
    rank = len(shape)
    if kind == "Tensor":
        if name in ("index", "indices", "lengths", "offsets"):
            return given + [torch.zeros(shape, dtype=torch.int64)]
        if name in ("mask", "condition"):
            return given + [torch.ones(shape, dtype=torch.bool)]
        if name.startswith("running_") or name in ("weight", "bias"):
            size = shape[1] if rank > 1 else 1
            given = given + [numbered((size,), dtype, salt) + 3]
        return given + [numbered(shape, dtype, salt),
                        numbered((), dtype, salt)]
    if kind == "List[Tensor]":
        return given + [[numbered(shape, dtype, salt)],
                        [numbered(shape, dtype, salt + n) for n in (0, 1)]]
    if kind == "List[Optional[Tensor]]":
        return given + [[torch.zeros(1, dtype=torch.int64)]]
    if kind in ("int", "SymInt"):
        if name in ("dtype", "out_dtype"):
            return given + [dtype, torch.float64]
        return given + ([0, 1, -1] if "dim" in name else [1, 2, 0])
    if kind in ("List[int]", "List[SymInt]"):
        return given + [list(shape), [0], [1],
                        list(torch.empty(shape).stride()), [-1],
                        list(range(rank)), [1] * rank]
    simple = {"bool": [True, False], "float": [0.5, 0.0, 1.0],
              "number": [2, 0.5], "Scalar": [2, 0.5],
              "Union[complex, float, int]": [2, 0.5],
              "Device": [torch.device("cpu")],
              "str": ["ij", "mean", "sum", "constant", "reduced"]}
    return given + simple.get(kind, [])


def made_calls(operator, count):
    rng = random.Random(operator.name)
    shapes = [(3,), (2, 3), (), (1,), (3, 3), (2, 3, 4), (1, 4, 4, 4)]
    dtypes = [torch.float32, torch.int64, torch.complex64, torch.bool]
    if operator.base.startswith("_cast_"):
        dtypes += [torch.uint8, torch.int8, torch.int16, torch.int32,
                   torch.float16, torch.float64]
    made = []
    for shape, dtype in itertools.product(shapes, dtypes):
        choices = [made_values(a, shape, dtype, i)
                   for i, a in enumerate(operator.schema.arguments)]
        if not all(choices):
            return []
        made.append([options[0] for options in choices])
        made += [[rng.choice(options) for options in choices]
                 for _ in range(count)]
    rng.shuffle(made)
    return made


def database(limit):
    """Arguments of the operator database's samples, by the operator's name."""
    from torch.testing._internal.common_methods_invocations import op_db
    table = collections.defaultdict(list)
    for op in op_db:
        names = {re.sub(r"^(nn\.functional|_refs|ops\.aten)\.", "", name)
                 .replace(".", "_")
                 for name in (op.name, op.aten_name,
                              *(alias.name for alias in op.aliases)) if name}
        for dtype in (torch.float32, torch.int64, torch.complex64, torch.bool):
            if dtype not in op.dtypes:
                continue
            try:
                samples = list(itertools.islice(op.sample_inputs(
                    "cpu", dtype, requires_grad=False), limit))
            except Exception:
                continue
            for name in names:
                for form in (name, f"{name}_", f"{name}_copy", f"_{name}"):
                    table[form] += [((s.input, *s.args), s.kwargs)
                                    for s in samples]
    return table


def calls(operator, table, count):
    """Calls by samples and by made arguments, in turns."""
    samples = table.get(operator.base, [])
    made = made_calls(operator, count)
    for sample, values in itertools.zip_longest(samples, made):
        try:
            if sample is not None:
                yield Call(operator.name, *sample[0], **dict(sample[1]))
            if values is not None:
                call = Call.__new__(Call)
                call.name, call.schema = operator.name, operator.schema
                call.op = overload(operator)
                call.values = values
                yield call
        except (AssertionError, RuntimeError, TypeError, AttributeError):
            continue


def overload(operator):
    packet = getattr(torch.ops.aten, operator.base)
    return getattr(packet, operator.schema.overload_name or "default")


# How tensors lie ------------------------------------------------------------

def plain(t):
    return t.detach().clone(memory_format=torch.contiguous_format)


def strided(t):
    """Every second element of a larger tensor."""
    if t.dim() == 0:
        return plain(t)
    base = torch.ones(*t.shape[:-1], t.shape[-1] * 2, dtype=t.dtype)
    return base[..., ::2].copy_(t)


def reversed_dims(t):
    dims = list(range(t.dim()))[::-1]
    return plain(plain(t).permute(dims)).permute(dims)


def repeated(t):
    """Of which one element is all along the last dim."""
    return plain(t[..., :1]).expand_as(t)


def other_elements(t):
    return ~t if t.dtype == torch.bool else plain(t) + 2


def map_tensors(value, change):
    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided or value.is_quantized:
            raise TypeError("another kind of tensor")
        return change(value)
    if isinstance(value, (list, tuple)):
        return [map_tensors(v, change) for v in value]
    return value


def with_values(call, change):
    changed = Call.__new__(Call)
    changed.__dict__.update(call.__dict__)
    changed.values = [map_tensors(v, change) for v in call.values]
    return changed


def tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [t for item in value for t in tensors(item)]
    return []


# What is seen ---------------------------------------------------------------

def place(t):
    """Of what memory, where, and how it lies."""
    return (t.untyped_storage()._cdata, t.shape, t.stride(),
            t.storage_offset())


def memory(t):
    return torch.empty(0, dtype=torch.uint8).set_(t.untyped_storage())


def relation(result, argument, before):
    if result is argument:
        return "itself"
    shared = result.untyped_storage()._cdata in (
        before[0], argument.untyped_storage()._cdata)
    return "view" if shared else "new"


def differ(a, b):
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        if a.shape != b.shape or a.dtype != b.dtype:
            return True
        if a.dtype.is_floating_point or a.dtype.is_complex:
            return not torch.allclose(a, b, 1e-3, 1e-4, equal_nan=True)
        return not torch.equal(a, b)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) != len(b) or any(map(differ, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) > 1e-3 * max(1, abs(a))
    return isinstance(a, (bool, int)) and a != b


def observe(call):
    """Runs the call. (result, what is seen as a dict)"""
    inputs = [(i, t, place(t), memory(t), memory(t).clone(), t._version)
              for i, value in enumerate(call.values) for t in tensors(value)]
    torch.manual_seed(1)
    state = torch.get_rng_state()
    result = call.run()
    seen = {"random": not torch.equal(state, torch.get_rng_state()),
            "relations": collections.defaultdict(set),
            "written": set(), "moved": set(), "contiguous": []}
    results = [t for t in tensors(result) if t.layout == torch.strided]
    for i, t, before, raw, old, version in inputs:
        if not torch.equal(raw, old) or t._version != version:
            seen["written"].add(i)
        if place(t) != before:
            seen["moved"].add(i)
        for each in results:
            seen["relations"][i].add(relation(each, t, before))
    for each in results:
        if each.numel() > 1 and all(relation(each, t, before) == "new"
                                    for _, t, before, *_ in inputs):
            seen["contiguous"].append(each.is_contiguous())
    seen["relations"] = dict(seen["relations"])
    return result, seen


def copy_results(result):
    return map_tensors(result, lambda t: t.clone()) if tensors(result) \
        else result


def elements_at_one_index(call, result):
    """False where elements elsewhere matter: of operands of one shape."""
    shapes = {t.shape for t in tensors(call.values)}
    if len(shapes) != 1 or len(tensors(result)) != 1 or \
            tensors(result)[0].shape not in shapes:
        return True
    turned = with_values(call, lambda t: plain(t).flip(
        list(range(t.dim()))).contiguous()).run()
    t, turned = tensors(result)[0], tensors(turned)[0]
    return not differ(t, turned.flip(list(range(t.dim()))))


def examine(operator, table, limit):
    """What calls of the operator show: a list of dicts."""
    found = []
    stable = not UNSTABLE.search(operator.name)
    for call in calls(operator, table, 4):
        if len(found) >= limit:
            break
        try:
            call = with_values(call, plain)
            result, seen = observe(with_values(call, plain))
            result = copy_results(result)
        except Exception:
            continue
        seen["text"] = fact_text(call, result)
        seen["call"] = str(call)
        seen["lies"] = []
        for lay in (strided, reversed_dims):
            try:
                other, more = observe(with_values(call, lay))
            except Exception:
                continue
            seen["lies"].append(more)
            seen["memory"] = seen.get("memory") or (
                stable and not seen["random"] and differ(result, other))
        for i, value in enumerate(call.values):
            if not tensors(value) or not stable or seen["random"]:
                continue
            try:
                other = with_values(call, plain)
                other.values[i] = map_tensors(value, other_elements)
                if differ(result, other.run()):
                    seen.setdefault("reads", set()).add(i)
            except Exception:
                pass
        for i in seen["written"]:
            value = call.values[i]
            if not isinstance(value, torch.Tensor) or value.dim() == 0 or \
                    value.shape[-1] < 2 or value.numel() == 0:
                continue
            try:
                other = with_values(call, plain)
                other.values[i] = repeated(value)
                other.run()
                seen["repeats"] = True
            except Exception:
                pass
        try:
            seen["pointwise"] = elements_at_one_index(call, result)
        except Exception:
            pass
        found.append(seen)
    return found


def in_children(work, items):
    """(item, work(item)) for each, in child processes; None where one dies."""
    items = list(items)
    done = 0
    while done < len(items):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            faulthandler.disable()
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            with os.fdopen(write, "wb") as out:
                for item in items[done:]:
                    pickle.dump(work(item), out)
                    out.flush()
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as answers:
            while done < len(items):
                try:
                    answer = pickle.load(answers)
                except (EOFError, pickle.UnpicklingError):
                    break
                yield items[done], answer
                done += 1
        os.waitpid(child, 0)
        if done < len(items):
            yield items[done], None
            done += 1


# What the compiler says -----------------------------------------------------

class FactText(Text):
    """The call as mt text, with the types that its results have."""

    def __init__(self, call, result):
        self.arguments, self.lines, self.call = [], [], call
        self.change, self.unboxed = {}, False
        operands = [self.value(v, (i,)) for i, v in enumerate(call.values)]
        returns = call.schema.returns
        values = result if len(returns) > 1 else [result]
        types = [tensor_type(v) if isinstance(v, torch.Tensor)
                 else "!mt.list<!mt.tensor>" if tensors(v)
                 else SCHEMA_TYPES[str(r.type)]
                 for v, r in zip(values, returns)]
        left = f"%r:{len(types)} = " if types else ""
        self.body = "\n".join([
            *self.lines,
            f'  {left}mt.operator "aten::{call.name}"('
            f'{", ".join(n for n, _ in operands)}) : '
            f'({", ".join(t for _, t in operands)}) -> ({", ".join(types)})'])


def fact_text(call, result):
    """Parameters and body of a function, or None for what has no text."""
    try:
        text = FactText(call, result)
        return ", ".join(text.arguments), text.body
    except (KeyError, TypeError, AttributeError):
        return None


def ask(texts):
    """The compiler's answers, one for each text."""
    source = "\n".join(
        f"func.func private @c{n}({arguments}) {{\n{body}\n  return\n}}"
        for n, (arguments, body) in enumerate(texts))
    done = subprocess.run([find_mt_opt(), "--mt-print-facts",
                           "--mlir-disable-threading", "-o", os.devnull, "-"],
                          input=source, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answers = []
    for part in re.split(r"^func @c\d+\n", done.stdout, flags=re.M)[1:]:
        lines = part.splitlines()
        arguments = [dict(word.split("=")
                          for word in line.split(": ")[1].split())
                     for line in lines[1:-1]]
        words = lines[-1].split()
        layout = words[0].partition("=")[2]
        functional = [w.partition("=")[2] for w in words
                      if w.startswith("functional=")]
        answers.append({"arguments": arguments, "layout": layout,
                        "words": set(words), "functional": functional})
    assert len(answers) == len(texts)
    return answers


# Comparing ------------------------------------------------------------------

def problems(seen, said):
    """What was seen of one call that the compiler does not say."""
    for how, each in [("", seen), *((" of other strides", more)
                                    for more in seen["lies"])]:
        for i, relations in each["relations"].items():
            answer = said["arguments"][i]
            found = relations - {"new"} or {"new"}
            relies = "depends-on-layout" in said["words"]
            if answer["result"] != "unknown" and \
                    found != {answer["result"]} and not (relies and how):
                # Of several results, or of a list's elements, only some are.
                several = len(each["relations"]) > 1 or len(relations) > 1
                if not (found == {"new"} and several):
                    yield f"argument {i}: {'/'.join(sorted(found))}, said to " \
                          f"be {answer['result']}{how}"
            if "itself" in found and answer["written"] != "yes" and \
                    "returns-operand" not in said["words"]:
                yield f"returns argument {i}{how}"
        for i in each["written"]:
            if said["arguments"][i]["written"] == "no":
                yield f"writes argument {i}{how}"
            if "keeps-contents" in said["words"]:
                yield f"changes argument {i}, said to keep it{how}"
        if each["moved"] and "changes-metadata" not in said["words"]:
            yield f"moves arguments {sorted(each['moved'])}{how}"
        if each["random"] and "random" not in said["words"]:
            yield f"draws random numbers{how}"
        kept = said["layout"] == "any" or (said["layout"] == "kept" and not how)
        if kept and not all(each["contiguous"]):
            yield f"gives a new tensor in another order{how}"
    if seen.get("memory") and "memory" not in said["words"]:
        yield "depends on how arguments lie"
    for i in seen.get("reads", ()):
        if said["arguments"][i]["elements"] == "no":
            yield f"reads the elements of argument {i}"
    if seen.get("repeats") and "writes-repeats" not in said["words"]:
        yield "writes elements that are one in memory"
    if "pointwise" in said["words"] and seen.get("pointwise") is False and \
            not seen["random"]:
        yield "takes elements from elsewhere"


def check(names=None, limit=8):
    """(differences, operators that were called, calls)"""
    # A child has no threads but its own.
    torch.set_num_threads(1)
    table = database(3)
    todo = [operator for operator in operators()
            if names is None or operator.base in names]
    asked = []
    called = set()
    for operator, found in in_children(
            lambda operator: examine(operator, table, limit), todo):
        for seen in found or ():
            called.add(operator.name)
            if seen["text"] is not None:
                asked.append((operator.name, seen))
    answers = ask([seen["text"] for _, seen in asked])
    different = collections.Counter()
    for (name, seen), said in zip(asked, answers):
        for problem in problems(seen, said):
            different[f"{name}: {problem}"] += 1
    return different, called, len(asked)


def main():
    different, called, count = check(set(sys.argv[1:]) or None)
    for line, times in different.items():
        print(f"{line} ({times} calls)")
    print(f"{len(called)} operators, {count} calls, {len(different)} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
