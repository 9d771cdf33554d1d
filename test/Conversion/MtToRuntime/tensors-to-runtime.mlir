// RUN: mt-opt %s --convert-mt-tensors-to-runtime --split-input-file | FileCheck %s

// What the runtime has a function for is a call of it; what an operator computes
// is a function of its own, with constants and lists that nobody else sees.

// CHECK-LABEL: func.func @operators
// CHECK-SAME: (%[[X:.*]]: !mt.tensor, %[[N:.*]]: i64)
// CHECK: %[[VIEW:.*]] = mt.call_runtime "mtrt_tensor_unsqueeze"(%[[X]], %[[N]]) "oi" -> "o" raises
// CHECK: %[[TEXT:.*]] = mt.constant.str "module {
// CHECK-SAME: func.func @forward(%arg0: !mt.tensor, %arg1: i64) -> !mt.tensor
// CHECK-SAME: mt.prim.list_construct
// CHECK-SAME: mt.operator \22aten::sum.dim_IntList\22
// CHECK: %[[SUM:.*]] = mt.call_runtime "mtrt_call_function"(%[[TEXT]], %[[VIEW]], %[[N]]) "o." -> "v" raises
// CHECK: mt.call_runtime "mtrt_tensor_zero_in_place"(%[[SUM]]) "o" -> "" raises
// CHECK: return %[[SUM]]
func.func @operators(%x: !mt.tensor<[2,3],f32>, %n: i64) -> !mt.tensor {
  %none = mt.constant.none
  %no = arith.constant false
  %0 = mt.operator "aten::unsqueeze"(%x, %n) : (!mt.tensor<[2,3],f32>, i64) -> !mt.tensor
  %dims = mt.prim.list_construct %n : (i64) -> !mt.list<i64>
  %1 = mt.operator "aten::sum.dim_IntList"(%0, %dims, %no, %none) : (!mt.tensor, !mt.list<i64>, i1, !mt.none) -> !mt.tensor
  %2 = mt.operator "aten::zero_"(%1) : (!mt.tensor) -> !mt.tensor
  return %2 : !mt.tensor
}

// -----

// What may never be reached is left for when branches are known.

// CHECK-LABEL: func.func @unsupported
// CHECK: mt.operator "aten::_test_serialization_subcmul"
func.func @unsupported(%x: !mt.tensor) -> !mt.tensor {
  %one = arith.constant 1 : i64
  %0 = mt.operator "aten::_test_serialization_subcmul"(%x, %x, %one) : (!mt.tensor, !mt.tensor, i64) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

// A task becomes a function; what it captures are its operands.

// CHECK-LABEL: func.func @fork
// CHECK-SAME: (%[[X:.*]]: !mt.tensor, %[[N:.*]]: i64)
// CHECK: %[[ENTRY:.*]] = llvm.ptrtoint %{{.*}} : !llvm.ptr to i64
// CHECK: %[[LETTERS:.*]] = mt.constant.str "oi:o"
// CHECK: mt.call_runtime "mtrt_fork"(%[[ENTRY]], %[[LETTERS]], %[[X]], %[[N]]) "io." -> "o" raises
// CHECK: func.func @task0(%{{.*}}: !mt.tensor, %{{.*}}: i64) -> !mt.tensor attributes {mt.task}
// CHECK: llvm.func @mt_invoke_task0(!llvm.ptr)
func.func @fork(%x: !mt.tensor, %n: i64) -> !mt.future<!mt.tensor> {
  %f = mt.fork {
    %0 = mt.operator "aten::unsqueeze"(%x, %n) : (!mt.tensor, i64) -> !mt.tensor
    mt.task_yield %0 : !mt.tensor
  } : !mt.future<!mt.tensor>
  return %f : !mt.future<!mt.tensor>
}

// -----

// CHECK-LABEL: func.func @defer
// CHECK: mt.call_runtime "mtrt_defer"({{.*}}) "io." -> "o" raises
func.func @defer(%x: !mt.tensor) -> !mt.future<!mt.tensor> {
  %f = mt.fork lazy {
    mt.task_yield %x : !mt.tensor
  } : !mt.future<!mt.tensor>
  return %f : !mt.future<!mt.tensor>
}

// What `__exit__` does.

// CHECK-LABEL: func.func @with
// CHECK: %[[LETTERS:.*]] = mt.constant.str "o:"
// CHECK: mt.call_runtime "mtrt_with_begin"(%{{.*}}, %[[LETTERS]], %{{.*}}) "io."
// CHECK: mt.call_runtime "mtrt_list_get_i"
// CHECK: mt.call_runtime "mtrt_with_end"()
func.func @with(%text: !mt.str, %xs: !mt.list<i64>, %i: i64) -> i64 {
  %none = mt.constant.none
  mt.begin_with {
    mt.operator "prim::Print"(%text) : (!mt.str) -> ()
    mt.task_yield %none : !mt.none
  }
  %0 = mt.call_runtime "mtrt_list_get_i"(%xs, %i) "oi" -> "i" raises : (!mt.list<i64>, i64) -> i64
  mt.end_with
  return %0 : i64
}

// A comparison takes the two items behind what it captures.

// CHECK-LABEL: func.func @sort
// CHECK: %[[LETTERS:.*]] = mt.constant.str "ioo:b"
// CHECK: mt.call_runtime "mtrt_list_sort_by"(%{{.*}}, %{{.*}}, %{{.*}}, %[[LETTERS]], %{{.*}}) "obio." -> "" raises
func.func @sort(%xs: !mt.list<!mt.object<@Row>>, %reverse: i1, %n: i64) {
  mt.sort_by %xs, %reverse : !mt.list<!mt.object<@Row>>, i1 {
  ^bb0(%a: !mt.object<@Row>, %b: !mt.object<@Row>):
    %m = mt.prim.get_attr %a["n"] {mt.class = "Row", mt.field = 0 : i64} : !mt.object<@Row> -> i64
    %0 = arith.cmpi slt, %m, %n : i64
    mt.task_yield %0 : i1
  }
  return
}

// -----

// Nobody writes or asks for memory: a copy is as good as a view.

// CHECK-LABEL: func.func @copy
// CHECK: mt.constant.str "{{.*}}aten::conj
// CHECK: mt.call_runtime "mtrt_call_function"
func.func @copy(%x: !mt.tensor) -> !mt.tensor {
  %0 = mt.operator "aten::conj"(%x) : (!mt.tensor) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

// out= gets the result's sizes and elements.

// CHECK-LABEL: func.func @out
// CHECK: %[[R:.*]] = mt.call_runtime "mtrt_call_function"
// CHECK: mt.call_runtime "mtrt_tensor_write_out"(%arg1, %[[R]]) "oo" -> "" raises
// CHECK: return %arg1
func.func @out(%x: !mt.tensor, %y: !mt.tensor) -> !mt.tensor {
  %0 = mt.operator "aten::exp.out"(%x, %y) : (!mt.tensor, !mt.tensor) -> !mt.tensor
  return %0 : !mt.tensor
}
