//===- Passes.td - Passes on the mt dialect ----------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_TRANSFORMS_PASSES_TD
#define MINITORCH_DIALECT_MT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

// In the order in which the pipeline runs them.

def MtInlineObjectsPass : Pass<"mt-inline-objects", "::mlir::ModuleOp"> {
  let summary = "Inline methods and objects into one function with explicit state";
  let description = [{
    Makes one public function of the method `method` of the root object: every
    call of a method or function is inlined, a read of an attribute becomes the
    attribute's value. An attribute that the method writes (or a tensor
    attribute that it mutates) becomes state: an extra argument and an extra
    result of the function. Attributes that share its memory (`mt.shared`) become
    state with it if tensors are objects (`boxed`), and are refused if not: one
    memory has one value. Classes, objects and other functions go away.

    The attributes of an object that the program makes are values where it is
    known which object each access is to. Others stay objects: `create_object`
    says its class and the number of its fields, an access the index of its
    field. A method of an interface is a choice between the methods of all
    objects that may be there: of a module in a ModuleList or ModuleDict by its
    position, else by the class (`prim::is_class`; each object of the loaded
    program has a type of its own). A method that calls itself that way raises.
    In front of a raise in a `with` block its `__exit__` runs; where an operator
    may raise, the block is `mt.begin_with` and `mt.end_with`.

    A forked function becomes the body of `mt.fork`, the `__lt__` of objects that
    are sorted that of `mt.sort_by`. Attributes that such a body uses are fields of
    one object. An attribute that may get another object of a script class, or
    holds some in a list or dict, is state with its objects: `mt.classes` says
    what they consist of.

    Objects are freed when nothing refers to them: those that refer to one
    another in a circle are not.

    Before:
    ```mlir
    mt.object root @net : @Net { calls = 0 : i64 }
    func.func private @Net.forward(%self: !mt.object<@Net>, %x: !mt.tensor) -> !mt.tensor {
      %n = mt.prim.get_attr %self["calls"] : !mt.object<@Net> -> i64
      %m = arith.addi %n, %c1 : i64
      mt.prim.set_attr %self["calls"], %m : !mt.object<@Net>, i64
      return %x : !mt.tensor
    }
    ```
    After:
    ```mlir
    func.func @forward(%x: !mt.tensor, %calls: i64) -> (!mt.tensor, i64)
        attributes {mt.state = [{path = "calls", value = 0 : i64} ]} {
      %m = arith.addi %calls, %c1 : i64
      return %x, %m : !mt.tensor, i64
    }
    ```
  }];
  let options = [
    Option<"method", "method", "std::string", /*default=*/"\"forward\"",
           "The method of the root object to make a function of">,
    Option<"boxed", "boxed", "bool", /*default=*/"false",
           "Tensors are objects: an attribute that is written may share memory "
           "with others">,
    Option<"explain", "explain", "bool", /*default=*/"false",
           "Note why objects of the program stay such (mt-explain-boxed)">
  ];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::arith::ArithDialect"];
  let statistics = [
    Statistic<"numCalls", "num-inlined-calls", "Number of calls inlined">,
    Statistic<"numState", "num-state", "Number of attributes made state">
  ];
}

def MtSpecializePass : Pass<"mt-specialize", "::mlir::ModuleOp"> {
  let summary = "Give the entry function its input types";
  let description = [{
    Sets the types of the public function's arguments, spreads tuples, lists
    and dicts of known length into their leaves, and replaces arguments that
    are constants (None, strings, fixed numbers). Writes `mt.signature`, by
    which a caller maps its values to the function's leaves (`#mt.signature`);
    of results it says nothing yet.

    `inputs` is a comma separated list, one an argument of the method:
    `2x?xf32`, or `2x?7xf32` for a size that may change and is 7 in an example
    (`mt.example`, see mt-assume-example-sizes); `2x?xf32@0` for the same tensor
    as the first leaf, which is not passed again; `2x3xf32/1/2` for a tensor with
    these strides (`?`: any), which is contiguous otherwise; `int`, `float`, `bool`,
    `none`, `str:text` or `str:"any text"` (as in JSON), `int:3` (a constant),
    `(T, T)` a tuple, `[T, T]` a
    list, `{key: T}` a dict; `boxed` for whatever the method declares, as an
    object of the runtime; `default` for the tensor that it is when it is not
    given (`mt.default`).

    Before:
    ```mlir
    func.func @forward(%x: !mt.tensor, %p: !mt.tuple<!mt.tensor, i64>)
    ```
    After, with `inputs="2x?xf32, (f32, int)"`:
    ```mlir
    func.func @forward(%x: !mt.tensor<[2,?],f32>, %p0: !mt.tensor<[],f32>, %p1: i64)
        attributes {mt.signature = #mt.signature<args = [
          "x" : tensor<[2,?],f32>, "p" : tuple<[tensor<[],f32>, number<i64>]>]>}
    ```
  }];
  let options = [
    Option<"inputs", "inputs", "std::string", /*default=*/"\"\"",
           "Types of the method's arguments">,
    Option<"boxed", "boxed", "bool", /*default=*/"false",
           "Attributes that are tensors are objects too">
  ];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::arith::ArithDialect"];
}

def MtInferTypesPass : Pass<"mt-infer-types", "::mlir::func::FuncOp"> {
  let summary = "Infer shapes and dtypes, folding what they decide";
  let description = [{
    Walks the function once, in order. Each operator's rule gives its result
    types; queries that the types answer (`size`, `dim`, `dtype`, `is None`)
    become constants, branches on constants are taken, and loops whose
    structure has to be known (they index tuples or modules' lists) are
    unrolled, so that the rest sees the more precise types. A loop's carried
    types are the least general ones that every turn keeps.

    What can only fail raises where it stands: shapes that cannot match, and, on
    the program as it was written (`refuse-dtypes`), dtypes that PyTorch's
    kernels do not take (DtypeErrors.txt) and other operands that it refuses
    (OperandErrors.txt).

    Before:
    ```mlir
    func.func @f(%x: !mt.tensor<[2,?],f32>) -> !mt.tensor {
      %r = mt.aten.relu %x : (!mt.tensor<[2,?],f32>) -> !mt.tensor
    ```
    After:
    ```mlir
    func.func @f(%x: !mt.tensor<[2,?],f32>) -> !mt.tensor<[2,?],f32> {
      %r = mt.aten.relu %x : (!mt.tensor<[2,?],f32>) -> !mt.tensor<[2,?],f32>
    ```
  }];
  let options = [
    Option<"maxUnroll", "max-unroll", "int64_t", /*default=*/"64",
           "Largest constant trip count that is unrolled to make a list's structure known">,
    Option<"fallback", "fallback", "bool", /*default=*/"false",
           "Ask libMiniTorchATen.so for the types that no rule gives">,
    Option<"refusesDtypes", "refuse-dtypes", "bool", /*default=*/"false",
           "Raise where PyTorch has no kernel for the dtypes">,
    Option<"explain", "explain", "bool", /*default=*/"false",
           "Note why lists and dicts stay objects (mt-explain-boxed)">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def MtCheckOperandsPass : Pass<"mt-check-operands", "::mlir::func::FuncOp"> {
  let summary = "Test operands that PyTorch refuses for their numbers or sizes";
  let description = [{
    Each line of OperandErrors.txt whose conditions types and constants do not
    decide becomes a test in front of the operator. What they decide
    `mt-infer-types` has turned into an error. A pass of its own, as a test is
    made once, and types are inferred several times.

    Before:
    ```mlir
    %y = mt.operator "aten::isclose"(%a, %b, %rtol, %atol, %no) : (...) -> !mt.tensor
    ```
    After:
    ```mlir
    %fails = arith.cmpf ult, %rtol, %zero : f64
    mt.prim.if %fails { mt.prim.raise ... } else { mt.prim.yield }
    %y = mt.operator "aten::isclose"(%a, %b, %rtol, %atol, %no) : (...) -> !mt.tensor
    ```
  }];
  let options = [
    Option<"writes", "writes", "bool", /*default=*/"false",
           "Only what is written: the sizes and dtypes of values that had no "
           "types when writes became values">,
  ];
  let statistics = [
    Statistic<"numChecks", "num-checks", "Tests that were inserted">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::complex::ComplexDialect"];
}

def MtRebindTensorsPass : Pass<"mt-rebind-tensors", "::mlir::func::FuncOp"> {
  let summary = "Turn operators that change a tensor's shape in place into views";
  let description = [{
    `x.unsqueeze_(0)` (`squeeze_`, `t_`, `transpose_`, `as_strided_`) makes `x`
    another view of its memory, `resize_` another tensor. It becomes that, and
    later uses of `x` are uses of the new one, through branches and loops. Left
    as it is, and refused later, where something else may hold the tensor
    itself: a list, the result of a branch. The caller does hold an argument
    (of a function with a signature): what it became is returned after the
    state (`mt.rebound`).

    Before:
    ```mlir
    %x = mt.aten.relu %a : (!mt.tensor) -> !mt.tensor
    %y = mt.operator "aten::unsqueeze_"(%x, %c0) : (!mt.tensor, i64) -> !mt.tensor
    %z = mt.aten.neg %x : (!mt.tensor) -> !mt.tensor
    ```
    After:
    ```mlir
    %x = mt.aten.relu %a : (!mt.tensor) -> !mt.tensor
    %y = mt.aten.unsqueeze %x, %c0 : (!mt.tensor, i64) -> !mt.tensor
    %z = mt.aten.neg %y : (!mt.tensor) -> !mt.tensor
    ```
  }];
}

def MtAssumeExampleSizesPass : Pass<"mt-assume-example-sizes", "::mlir::ModuleOp"> {
  let summary = "Decide by the example inputs what results' types depend on";
  let description = [{
    How many dims `squeeze` leaves depends on sizes, and so does the dtype of
    `sum_to_size`, the dim of `cross`. Where a size is only known at run time,
    what matters of it (whether it is 1) is taken from the example sizes of the
    arguments (`mt.example`), by inferring types once as if they were the sizes;
    sizes of which something else holds raise an error at run time. Leaves
    functions without example sizes as they are, and removes the sizes.

    Before:
    ```mlir
    func.func @f(%x: !mt.tensor<[?,3],f32> {mt.example = array<i64: 1, 3>}) -> !mt.tensor {
      %r = mt.aten.squeeze.dim %x, %c0 : (!mt.tensor<[?,3],f32>, i64) -> !mt.tensor
    ```
    After:
    ```mlir
      %n = mt.aten.size.int %x, %c0 : (!mt.tensor<[?,3],f32>, i64) -> i64
      %is_one = arith.cmpi eq, %n, %c1 : i64
      mt.prim.if %is_one { mt.prim.yield } else { mt.prim.raise ... }
      %r = mt.aten.select.int %x, %c0, %c0 : (...) -> !mt.tensor<[3],f32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def MtFunctionalizePass : Pass<"mt-functionalize", "::mlir::func::FuncOp"> {
  let summary = "Turn mutation of tensors and views into values";
  let description = [{
    An analysis over alias sets, driven by the schemas: which value is a view
    of which object, and which operators write. A write through a view becomes
    a new value of the whole object, and every later use of any of its views is
    taken from that value. What a branch or a loop writes is one of its results.
    An argument that is written gets a result with its new contents
    (`mt.mutated`). What cannot be told apart is refused. Arguments are taken
    to be contiguous (unless they have `mt.strides`) and not to share memory
    with one another.

    Operators that see memory (`as_strided`, `resize`) get the tensor that it is,
    where that is known; arguments that this relies on are marked
    (`mt.contiguous`, `mt.whole`). What an argument became (`mt.rebound`) is told
    as a change of its dims or strides, or returned (`mt.reshaped`).

    Before:
    ```mlir
    %v = mt.aten.select.int %x, %c0, %c0 : ...
    %w = mt.operator "aten::add_.Scalar"(%v, %c1, %c1) : ...
    ```
    After:
    ```mlir
    %v = mt.aten.select.int %x, %c0, %c0 : ...
    %w = mt.aten.add.Scalar %v, %c1, %c1 : ...
    %x1 = mt.aten.select_scatter %x, %w, %c0, %c0 : ...
    ```
  }];
}

def MtDecomposeOpsPass : Pass<"mt-decompose-ops", "::mlir::func::FuncOp"> {
  let summary = "Write operators that are formulas as simpler operators";
  let description = [{
    Rewrites operators by their definition, each with its formula and source
    beside the pattern: `addmm`, `layer_norm`, `softmax`, `gru`, ...

    Before: `%r = mt.aten.rsub.Scalar %x, %c1, %c1`
    After:  `%n = mt.aten.neg %x`, `%r = mt.aten.add.Scalar %n, %c1, %c1`
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def MtElideKeptContentsPass
    : Pass<"mt-elide-kept-contents", "::mlir::func::FuncOp"> {
  let summary = "Drop notes of writes that no error can show";
  let description = [{
    Each write to an argument or to state is followed by `prim::keep_contents`:
    what is there if the call raises. A note goes away where nothing behind it
    may raise, or where the same is noted again before anything can. Runs when
    checks are `cf.assert`: what they were folded to is not in the way.

    Before:
    ```mlir
    mt.operator "prim::keep_contents"(%a, %name)
    mt.operator "prim::keep_contents"(%b, %name)
    cf.assert %ok, "RuntimeError: ..."
    mt.operator "prim::keep_contents"(%c, %name)
    return %c
    ```
    After:
    ```mlir
    mt.operator "prim::keep_contents"(%b, %name)
    cf.assert %ok, "RuntimeError: ..."
    return %c
    ```
  }];
  let statistics = [
    Statistic<"numElided", "elided", "Notes that went away">
  ];
}

def MtRequireResultsPass : Pass<"mt-require-results", "::mlir::func::FuncOp"> {
  let summary = "Keep operators whose errors would be lost";
  let description = [{
    Sizes, ranks and dtypes follow from types, so that an operator whose result
    is only measured goes away, and with it the error that it would have raised.
    Notes that such a result is required: by `prim::require_result`, which goes
    away when the checks of an operator are operations of their own. So is

    - what an operator writes for nobody;
    - a view, in a function that writes: it is made again where it is read;
    - a tensor that goes into a list or dict, of which perhaps nobody takes it;
    - what an operator takes out of a tensor to decide how a loop or branch goes;
    - an element that is taken out of a list or dict: it may be missing, and what
      is computed from it may fold.

    Before:
    ```mlir
    %y = mt.aten.select.int %x, %dim, %index : ...
    %n = mt.aten.dim %y : ...
    ```
    After:
    ```mlir
    %y = mt.aten.select.int %x, %dim, %index : ...
    mt.operator "prim::require_result"(%y) : ...
    %n = mt.aten.dim %y : ...
    ```
  }];
  let options = [
    Option<"onlyElements", "only-elements", "bool", /*default=*/"false",
           "Only elements of lists and dicts: tensors are objects, whose "
           "operators stay anyway">
  ];
  let statistics = [
    Statistic<"numRequired", "required", "Results that are required">
  ];
}

def MtFlattenResultsPass : Pass<"mt-flatten-results", "::mlir::func::FuncOp"> {
  let summary = "Return leaves instead of tuples, lists and dicts";
  let description = [{
    The counterpart of mt-specialize: the result's containers are spread into
    their leaves, and `mt.signature` says how they are put together again. What
    passes noted of arguments, state and results (`mt.mutated`, `mt.reshaped`,
    `mt.same_results`, `mt.distinct`, `mt.contiguous`, `mt.whole`) goes into it,
    and is not there afterwards.

    Before:
    ```mlir
    func.func @forward(%x: !mt.tensor<[2],f32>, %n: i64) -> !mt.tuple<!mt.tensor<[2],f32>, i64>
        attributes {mt.same_results = {"0.0" = {of = 0 : i64, same}},
                    mt.signature = #mt.signature<args = ["x" : tensor<[2],f32>, "n" : number<i64>]>} {
      %t = mt.prim.tuple_construct %x, %n : ...
      return %t : !mt.tuple<!mt.tensor<[2],f32>, i64>
    ```
    After:
    ```mlir
    func.func @forward(%x: !mt.tensor<[2],f32>, %n: i64) -> i64
        attributes {mt.signature = #mt.signature<args = ["x" : tensor<[2],f32>, "n" : number<i64>],
                                                 result = tuple<[tensor<[2],f32, same arg 0>, number<i64>]>>} {
      return %n : i64
    ```
  }];
  let dependentDialects = ["::mlir::complex::ComplexDialect"];
}

def MtUnboxPass : Pass<"mt-unbox", "::mlir::func::FuncOp"> {
  let summary = "Turn tensor objects of known rank and dtype into values";
  let description = [{
    After functionalization no operator writes, so a tensor object whose rank
    and dtype are known is its contents: the type becomes a builtin tensor.
    Where it goes into a container that stays boxed, `mt.box` and `mt.unbox`
    stand at the border.

    Before: `%r = mt.aten.relu %x : (!mt.tensor<[2,?],f32>) -> !mt.tensor<[2,?],f32>`
    After:  `%r = mt.aten.relu %x : (tensor<2x?xf32>) -> tensor<2x?xf32>`
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def MtVerifyBackendContractPass : Pass<"mt-verify-backend-contract", "::mlir::func::FuncOp"> {
  let summary = "Check the normal form that conversions start from";
  let description = [{
    Every tensor operator works on builtin tensors of known rank and dtype; no
    operator writes; there is no object but instances of the run time, and no
    method call; a boxed value is
    only touched by operators that work on boxed values. Everything that
    breaks this is reported, not only the first, by operator and source line.
  }];
}

def MtPrintFactsPass : Pass<"mt-print-facts", "::mlir::func::FuncOp"> {
  let summary = "Print what the compiler knows of each operator";
  let description = [{
    For each operator of the function the answers of its SchemaOpInterface, by
    the types and constants that it has: what a result is to each operand, which
    are written, whose elements are read, and what else it depends on. In no
    pipeline: for whoever asks why a pass takes two values for one, and for the
    tests, which compare the answers with what PyTorch does.

    ```
    aten::to.dtype
      self: result=itself written=no elements=yes
      dtype: result=new written=no elements=yes
      ...
      layout=kept returns-operand
    ```
  }];
}

def MtExplainBoxedPass : Pass<"mt-explain-boxed", "::mlir::func::FuncOp"> {
  let summary = "Say which values stay objects of the runtime, and why";
  let description = [{
    A remark for each list, dict, tuple, instance, task and boxed tensor that the
    function makes or is given, at its place in the source and with its name
    there. The reason is the one that `mt-inline-objects` and `mt-infer-types`
    left on what makes it (`mt.boxed_by`, with their option `explain`), or else
    its first use. In the pipelines with `explain`, in front of
    `convert-mt-to-runtime`: what has a boxed type there is an object when the
    program runs. The function does not change.

    ```
    model.py:5:9: remark: 'rows', List[Tensor], stays an object: 'aten::append.t' changes it in a loop that is not unrolled
    model.py:7:12: note: here
    ```
  }];
  let statistics = [
    Statistic<"numBoxed", "boxed", "Values that stay objects">
  ];
}

def MtInsertRefCountsPass : Pass<"mt-insert-refcounts", "::mlir::func::FuncOp"> {
  let summary = "Count the references to boxed values";
  let description = [{
    Runs after bufferization and before structured control flow goes. One rule:

    - a function borrows its arguments and owns what it calls for; its caller
      owns its results;
    - what enters or leaves a region (initial and carried values, yields,
      returns) is moved;
    - a region borrows the values that are defined around it.

    So each owned value ends once, in its own block: moved by its last use, or
    released behind it; every other use that moves retains. The memory that an
    object lends (a memref that some operation makes of it, and what may alias
    that) is a use of it. An owned value that lives across something that may
    raise (a call, a failing check, an operator of mt) stands in a root slot
    meanwhile, where a raise finds it; slots of values that do not live at once
    are shared.

    Of a callee's symbol it reads `mt.no_raise`; `mt.takes`, the arguments that
    are moved into the call, out of their slots before it; and `mt.immortal`,
    results that are not counted. A function's own `mt.takes` are arguments that
    it owns. Constants, `ub.poison` and `mt.prim.uninitialized` are not counted.

    Before:
    ```mlir
    func.func @greet(%names: !mt.list<!mt.str>, %n: i64) -> !mt.str {
      %name = call @get(%names, %n) : (!mt.list<!mt.str>, i64) -> !mt.str
      %text = call @concat(%name, %name) : (!mt.str, !mt.str) -> !mt.str
      return %text : !mt.str
    }
    ```
    After:
    ```mlir
    func.func @greet(%names: !mt.list<!mt.str>, %n: i64) -> !mt.str {
      mt.enter_roots 1
      %name = call @get(%names, %n) : (!mt.list<!mt.str>, i64) -> !mt.str
      mt.root %name in 0 : !mt.str
      %text = call @concat(%name, %name) : (!mt.str, !mt.str) -> !mt.str
      mt.unroot 0
      mt.release %name : !mt.str
      mt.leave_roots
      return %text : !mt.str
    }
    ```

    What it does not know is an error: an operation with regions that is none of
    scf.if, for, while, index_switch and execute_region; a boxed result that
    nobody says who owns; memory of an object that leaves the block of its
    owner. Nothing that merges, moves or inlines calls may run behind it.
  }];
  let statistics = [
    Statistic<"numRetains", "num-retains", "References added">,
    Statistic<"numReleases", "num-releases", "References that end in a release">,
    Statistic<"numMoves", "num-moves", "References that end in a move">,
    Statistic<"numRoots", "num-roots", "References that need a root slot">
  ];
}

#endif // MINITORCH_DIALECT_MT_TRANSFORMS_PASSES_TD
