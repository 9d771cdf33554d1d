"""One entry of module_db: each sample scripted, compiled, called, compared."""
import copy

import torch

import minitorch

SEED = 7


def name_of(entry):
    return entry.name.replace("_", ".", 1)


def samples(entry, training):
    return entry.module_inputs_func(
        entry, device="cpu", dtype=torch.float32, requires_grad=False,
        training=training)


def build(entry, sample, training):
    torch.manual_seed(SEED)
    arguments = sample.constructor_input
    module = entry.module_cls(*arguments.args, **arguments.kwargs)
    return module.train(training)


def script(module):
    """The scripted module, or None: PyTorch cannot say it in TorchScript."""
    try:
        scripted = torch.jit.script(module)
    except Exception:  # noqa: BLE001
        return None
    # Containers have no forward.
    return scripted if hasattr(scripted, "forward") else None


def positional(scripted, arguments):
    """The arguments of a call, keywords at their places."""
    names = [a.name for a in scripted.forward.schema.arguments][1:]
    given = list(copy.deepcopy(arguments.args))
    defaults = {a.name: a.default_value
                for a in scripted.forward.schema.arguments
                if a.has_default_value()}
    for name in names[len(given):]:
        if name in arguments.kwargs:
            given.append(copy.deepcopy(arguments.kwargs[name]))
        elif name in defaults:
            given.append(defaults[name])
        else:
            break
    return tuple(given)


def call(function, arguments):
    """("value", result) or ("error", the message's last line)."""
    torch.manual_seed(SEED)
    try:
        with torch.no_grad(), torch.jit.optimized_execution(False):
            return "value", function(*arguments)
    except minitorch.CompileError:
        raise
    except minitorch.ProgramError as error:
        return "error", str(error).splitlines()[0]
    except Exception as error:  # noqa: BLE001
        return "error", str(error).strip().splitlines()[-1]


def difference(ours, theirs):
    """What differs, or ''."""
    try:
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4,
                                   equal_nan=True)
    except AssertionError as error:
        return str(error).strip().splitlines()[0]
    return ""


def outcome(oracle, scripted, arguments, sizes):
    """(outcome, text) of one sample, called twice."""
    try:
        compiled = minitorch.compile(
            scripted, copy.deepcopy(arguments),
            dynamic_shapes="all" if sizes == "dynamic" else None,
            fallback=False)
        for _ in range(2):
            theirs = call(oracle, copy.deepcopy(arguments))
            ours = call(compiled, copy.deepcopy(arguments))
            if theirs[0] != ours[0]:
                return "wrong", f"{ours[0]} for {theirs[0]}: {ours[1]}"[:200]
            if theirs[0] == "error":
                return ("ok", "") if ours[1] in theirs[1] else (
                    "other message", f"{ours[1]!r} for {theirs[1]!r}")
            if text := difference(ours[1], theirs[1]):
                return "wrong", text
    except minitorch.CompileError as error:
        return "refused", str(error).strip().splitlines()[0][:300]
    return "ok", ""


def run(entry):
    for training in (True, False):
        for number, sample in enumerate(samples(entry, training)):
            if sample.forward_input is None:
                continue
            oracle = script(build(entry, sample, training))
            for sizes in ("static", "dynamic"):
                row = {"entry": name_of(entry), "sample": number,
                       "mode": "train" if training else "eval",
                       "sizes": sizes, "text": ""}
                if oracle is None:
                    row["outcome"] = "not scriptable"
                else:
                    scripted = script(build(entry, sample, training))
                    arguments = positional(scripted, sample.forward_input)
                    # What this call changes, a later one would see.
                    row["outcome"], row["text"] = outcome(
                        script(build(entry, sample, training)), scripted,
                        arguments, sizes)
                yield row
