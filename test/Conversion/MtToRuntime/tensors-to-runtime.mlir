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
    mt.fork_yield %0 : !mt.tensor
  } : !mt.future<!mt.tensor>
  return %f : !mt.future<!mt.tensor>
}
