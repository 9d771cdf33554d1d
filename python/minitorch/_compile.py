"""Compiling a model and calling it."""
import os
import re
import sys
import threading
import warnings

from . import _core
from ._conversions import Converters
from ._errors import (AssumptionError, CompileError, FallbackWarning,
                      InputError, MemoryInputError)
from ._inputs import describe_inputs, numbers_in, with_defaults
from ._programs import program_of


def compile(model, example_inputs=None, dynamic_shapes=None, method="forward",
            fallback=True, threads=None):
    """Compiles one method of a model.

    model: a scripted or traced module, an nn.Module, or a path.
    example_inputs: a tuple of the method's arguments (or a dict of keyword
        arguments): their types, and the sizes that are not dynamic. None: those
        of the first call, which compiles it. What is not given has its default. A number that a rank depends on (a `dim`) is
        compiled for its value; another value compiles again when it comes.
    dynamic_shapes: None (the sizes of the examples are fixed), "all" (every
        size may change), or for each argument None or a collection of dims, by
        position or by name: `[{0, 1}, None]`, `{"x": {0}}`. The rank of what
        `squeeze` leaves is that of the examples; other sizes raise.
    method: the method's name.
    fallback: where the method cannot be compiled otherwise, let PyTorch run
        operators that have no lowering. Each of them is warned of once, as a
        FallbackWarning, and is in the result's `fallbacks`.
    threads: how many threads a call may use, the caller's included; 0: as many
        as there are cores. None: what the environment variable
        MINITORCH_NUM_THREADS says, or else as many as PyTorch uses now
        (`torch.get_num_threads()`) if it is there, or 0. Results do not depend
        on it.

    Returns a CompiledFunction. Raises CompileError with every reason where the
    model cannot be compiled. Arguments of other types than the examples' (sizes
    that are fixed, ranks, dtypes, lengths of lists, texts) compile it again when
    they come; where the program allows it, strings, lists and dicts may be any
    from then on.

    The model's other methods are its attributes, and share its state: what any
    of them writes to attributes and buffers of the model.

        step = minitorch.compile(scripted, (x,))
        step(x), step.reset(), step(x)

    State is a copy: calls of compiled methods do not change the module of
    PyTorch, and calls of that do not change compiled methods. Everything that
    is compiled of one scripted or traced module object has one state, also in
    several calls of `compile`; unless the module itself changed in between:
    what is compiled after that begins with the state that the module has then.
    An nn.Module is scripted anew by every call, and a path is read anew:
    nothing is shared between these.
    """
    program, defaults, lengths = _load(model, shares=True)
    return _Methods(program, defaults, lengths, fallback,
                    _count_threads(threads)).compile(
        method, example_inputs, dynamic_shapes)


def _count_threads(threads):
    """The number of threads that `compile` is asked for."""
    if threads is None:
        given = os.environ.get("MINITORCH_NUM_THREADS")
        torch = sys.modules.get("torch")
        threads = given or (torch.get_num_threads() if torch else 0)
    try:
        count = int(threads)
    except (TypeError, ValueError):
        count = -1
    if count < 0:
        raise InputError(f"threads has to be 0 or more, not {threads!r}")
    return count


def mlir(model, example_inputs=(), stage="linalg", dynamic_shapes=None,
         method="forward", locations=False):
    """The program after a stage, as `CompiledFunction.mlir` gives it; the rest
    of the way it need not compile. Takes what `compile` takes."""
    program, defaults, lengths = _load(model)
    _, specify, converters = _prepare(program, defaults, lengths,
                                      dynamic_shapes, method)
    return program.print(method, specify(converters.of_examples(example_inputs)),
                         stage, locations)


def _prepare(program, defaults, lengths, dynamic_shapes, method):
    """The names of the method's parameters, how its inputs are specified, and
    what becomes of arguments of another type than a parameter's."""
    declared = program.parameters(method)
    parameters = with_defaults([(name, kind) for name, kind, _ in declared],
                               defaults)
    names = [name for name, _ in parameters]
    converters = Converters([(name, kind) for name, _, kind in declared],
                            lengths(method))

    def specify(inputs, **options):
        return describe_inputs(inputs, dynamic_shapes, parameters, **options)

    return names, specify, converters


def _load(model, shares=False):
    """The program of a model; `shares`: with the state of what was compiled of
    the same object. And what an archive does not keep: the arguments of a
    function with their defaults, and the lengths of a method's lists for which
    one number stands (`BroadcastingList2[int]`), by name."""
    if isinstance(model, (str, os.PathLike)):
        return _core.Program.load(os.fspath(model)), (), lambda method: {}
    import torch
    keeps = shares and isinstance(model, torch.jit.ScriptModule)
    if not isinstance(model, (torch.jit.ScriptModule,
                              torch.jit.ScriptFunction)):
        if not isinstance(model, torch.nn.Module):
            raise InputError(
                f"cannot compile a {type(model).__name__}; expected a scripted "
                "or traced module, an nn.Module, or a path")
        model = torch.jit.script(model)
    if not hasattr(_core.Program, "load_archive"):
        raise InputError("this build has no importer; compile a file of mt")
    if isinstance(model, torch.jit.ScriptFunction):
        # A function without a module: small, and copied.
        lengths = _lengths(model)
        return (_core.Program.load_archive(model.save_to_buffer(), model.name),
                model.schema.arguments, lambda method: lengths)
    program = _core.Program.of_script_module(model._c)
    by_method = {name: _lengths(model._c._get_method(name))
                 for name in model._c._method_names()}
    return (program_of(model, program) if keeps else program, (),
            lambda method: by_method.get(method, {}))


def _lengths(method):
    return {argument.name: argument.N for argument in method.schema.arguments
            if argument.N}


# Past this many, arguments of yet other types are an error.
_MAX_TYPES = 256


class _Methods:
    """Makes compiled methods of one program."""

    def __init__(self, program, defaults, lengths, fallback, threads):
        self.program, self._defaults, self.threads = program, defaults, threads
        self._lengths, self._fallback = lengths, fallback

    def prepare(self, name, dynamic_shapes):
        return _prepare(self.program, self._defaults, self._lengths,
                        dynamic_shapes, name)

    def compile(self, name, example, dynamic_shapes):
        names, specify, converters = self.prepare(name, dynamic_shapes)
        return CompiledFunction(self.program, name, specify, example, names,
                                self._fallback, self, dynamic_shapes, converters)


def _by_name(names, args, kwargs):
    """Those arguments that have a name, by it."""
    given = dict(zip(names, args), **kwargs)
    return {name: given[name] for name in names if name in given}


def _without_examples(inputs):
    """What two specifications have in common if one program serves both."""
    return re.sub(r"\?\d+", "?", inputs)


class _Method:
    """A method that is compiled when it is called, once for all arguments of
    the same types."""

    def __init__(self, methods, name, dynamic_shapes):
        self._methods, self._name = methods, name
        self._dynamic_shapes = dynamic_shapes
        self._names, self._specify, self._converters = methods.prepare(
            name, dynamic_shapes)
        self._compiled = {}
        self._lock = threading.Lock()

    def __call__(self, *args, **kwargs):
        if self._converters:
            args, kwargs = self._converters(args, kwargs)
        given = _by_name(self._names, args, kwargs)
        key = _without_examples(self._specify(given))
        with self._lock:
            if key not in self._compiled:
                self._compiled[key] = self._methods.compile(
                    self._name, given, self._dynamic_shapes)
        return self._compiled[key](*args, **kwargs)

    def explain_boxed(self):
        """See CompiledFunction.explain_boxed."""
        with self._lock:
            compiled = list(self._compiled.values())
        return "".join(function.explain_boxed() for function in compiled)

    @property
    def fallbacks(self):
        """Names of the operators that PyTorch runs, as far as compiled."""
        return list(dict.fromkeys(
            name for function in self._compiled.values()
            for name in function.fallbacks))


class CompiledFunction:
    """A compiled method. Takes and returns torch tensors or NumPy arrays
    (without copying), numbers, strings, None, torch.dtypes, and lists, tuples
    and dicts of these.

    The model's other methods are attributes (see `method`). Several threads may
    call it and them; calls that use the model's state run one after another.
    """

    def __init__(self, program, method, specify, example, names, fallback,
                 methods, dynamic_shapes, converters):
        self._program, self._method = program, method
        # None: all arguments are taken as they are.
        self._converters = converters if converters else None
        self._specify, self._names = specify, names
        # What is said of single arguments is said of this method's.
        self._shapes = dynamic_shapes if dynamic_shapes == "all" else None
        self._methods, self._others = methods, {}
        # Threads that need the same code compile it once.
        self._lock = threading.RLock()
        # Where ranks or sizes depend on numbers, one for each of their values.
        self._by_numbers = None
        # Where it matters how tensors lie, one for each way that came.
        self._by_memory = {}
        # For arguments of other types than the example's; None for those that
        # it cannot be compiled for.
        self._by_types = {}
        # The boxed form, by which arguments are given.
        self._boxed = {}
        self._allows_fallback = fallback
        # Operators that PyTorch runs, in the order in which they were found.
        self._found = {}
        self._compiled = None
        if example is not None or not names:
            self._compile_for(() if example is None else example)

    def _compile_for(self, example):
        """Compiled for the types of an example, once."""
        if self._converters:
            example = self._converters.of_examples(example)
        self._inputs = self._specify(example)
        fixed = self._specify(example, fixes_numbers=True)
        compiled = self._compile([self._inputs, fixed], example)
        if not compiled.is_boxed and compiled.inputs != self._inputs:
            self._by_numbers = {numbers_in(example): compiled}
        # Last: other threads look at it without the lock.
        self._compiled = compiled

    def method(self, name):
        """A method of the model, with the state that this one has: a callable
        that compiles at the first call, for the types of the arguments that
        come, and again for others. `dynamic_shapes` ("all" or None) and
        `fallback` are those of this one. `f.name` is short for it where `f` has
        no attribute `name` itself. Raises AttributeError with the names of all
        methods where there is none."""
        if name == self._method:
            return self
        with self._lock:
            if name not in self._others:
                known = self._program.methods()
                if name not in known:
                    raise AttributeError(f"the model has no method '{name}'; "
                                         f"it has: {', '.join(known)}")
                self._others[name] = _Method(self._methods, name, self._shapes)
            return self._others[name]

    def __getattr__(self, name):
        # Not there yet while it is made, copied or unpickled.
        if "_lock" not in self.__dict__ or (name.startswith("__")
                                            and name.endswith("__")):
            raise AttributeError(name)
        return self.method(name)

    def __dir__(self):
        return [*super().__dir__(), *self._program.methods()]

    @property
    def fallbacks(self):
        """Names of the operators that PyTorch runs."""
        return list(self._found)

    def _compile(self, choices, given=None):
        """Compiled in the first form that takes it: for each of `choices`, in
        the boxed form for arguments like `given`, and so on."""
        boxed = None if given is None else self._specify(given, boxes_all=True)
        compiled = self._program.compile(
            self._method, list(dict.fromkeys(choices)), boxed,
            fallback=self._allows_fallback, threads=self._methods.threads)
        for name, place in compiled.fallbacks:
            self._warn(name, place)
        return compiled

    def _warn(self, name, place):
        if name in self._found:
            return
        self._found[name] = place
        # Where `compile` or the compiled function is called.
        level, frame = 1, sys._getframe()
        while frame.f_back and frame.f_globals is globals():
            level, frame = level + 1, frame.f_back
        warnings.warn(f"{place + ': ' if place else ''}'{name}' has no lowering;"
                      " PyTorch runs it (fallback=False refuses it)",
                      FallbackWarning, stacklevel=level)

    def _for_numbers(self, args, kwargs):
        given = _by_name(self._names, args, kwargs)
        key = numbers_in(given)
        if key in self._by_numbers:
            return self._by_numbers[key]
        with self._lock:
            if key not in self._by_numbers:
                try:
                    self._by_numbers[key] = self._compile(
                        [self._specify(given, fixes_numbers=True)], given)
                except CompileError:
                    if len(given) < len(self._names):
                        return self._compiled  # it says what is missing
                    raise
            return self._by_numbers[key]

    def _for_memory(self, args, kwargs):
        """Compiled for tensors that lie as these do: some given twice, some not
        contiguous. None where that does not help."""
        inputs = self._specify(_by_name(self._names, args, kwargs),
                               gives_memory=True,
                               fixes_numbers=bool(self._by_numbers))
        if "@" not in inputs and "/" not in inputs:
            return None
        key = _without_examples(inputs)
        with self._lock:
            if key not in self._by_memory:
                try:
                    self._by_memory[key] = self._compile([inputs])
                except CompileError:
                    self._by_memory[key] = None
            return self._by_memory[key]

    def _for_types(self, args, kwargs):
        """Compiled for arguments of other types than the example's: strings,
        lists and dicts of any length if that can be, or else of theirs, or else
        for any. None where nothing helps."""
        given = _by_name(self._names, args, kwargs)
        if len(args) > len(self._names) or len(given) < len(args) + len(kwargs):
            return None
        try:
            choices = [self._specify(given, boxes=True), self._specify(given),
                       self._specify(given, fixes_numbers=True)]
        except InputError:
            choices = []
        if self._compiled.is_boxed or len(self._by_types) >= _MAX_TYPES:
            choices = []
        with self._lock:
            for inputs in dict.fromkeys(choices):
                key = _without_examples(inputs)
                if key not in self._by_types:
                    try:
                        self._by_types[key] = self._compile([inputs])
                    except CompileError:
                        self._by_types[key] = None
                if self._by_types[key]:
                    return self._by_types[key]
        return self._for_any(args, kwargs)

    def _for_any(self, args, kwargs):
        """The boxed form, for arguments of any type; None if there is none."""
        inputs = self._specify(_by_name(self._names, args, kwargs),
                               boxes_all=True)
        with self._lock:
            if inputs not in self._boxed:
                try:
                    self._boxed[inputs] = self._program.compile(
                        self._method, [], inputs, raising=False,
                        threads=self._methods.threads)
                except CompileError:
                    self._boxed[inputs] = None
            return self._boxed[inputs]

    def __call__(self, *args, **kwargs):
        if self._converters:
            args, kwargs = self._converters(args, kwargs)
        if self._compiled is None:
            with self._lock:
                if self._compiled is None:
                    self._compile_for(_by_name(self._names, args, kwargs))
        compiled = self._compiled
        if self._by_numbers and len(args) <= len(self._names):
            compiled = self._for_numbers(args, kwargs)
        torch = _core.uses_torch((*args, *kwargs.values()))
        try:
            return compiled(*args, _torch=torch, **kwargs)
        except MemoryInputError:
            compiled = (self._for_memory(args, kwargs)
                        or self._for_any(args, kwargs))
            if not compiled:
                raise
        except AssumptionError:
            compiled = self._for_any(args, kwargs)
            if not compiled:
                raise
        except InputError:
            compiled = self._for_types(args, kwargs)
            if not compiled:
                raise
        try:
            return compiled(*args, _torch=torch, **kwargs)
        except (AssumptionError, MemoryInputError):
            compiled = self._for_any(args, kwargs)
            if not compiled:
                raise
        return compiled(*args, _torch=torch, **kwargs)

    def mlir(self, stage="linalg", locations=False):
        """The program after a stage: "import", "functions", "contract",
        "linalg" or "llvm". Large constants are elided. What compiles at its
        first call has none before that."""
        if self._compiled is None:
            raise InputError("the method compiles at its first call; call it, "
                             "or give example_inputs")
        return self._program.print(self._method, "", stage, locations,
                                   self._compiled)

    def explain_boxed(self):
        """In which form each method is compiled so far, for people to read: the
        reasons of the forms that do not take it, and which lists, dicts,
        objects and tensors are objects when it runs, and why, with their places
        in the source."""
        with self._lock:
            tables = (self._by_numbers or {}, self._by_memory, self._by_types,
                      self._boxed)
            compiled = [self._compiled,
                        *(each for table in tables for each in table.values())]
            others = list(self._others.values())
        texts = [self._program.explain(each)
                 for each in dict.fromkeys(compiled) if each is not None]
        texts += [method.explain_boxed() for method in others]
        return "".join(texts)
