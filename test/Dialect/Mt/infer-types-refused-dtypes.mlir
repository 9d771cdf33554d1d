// RUN: mt-opt %s --mt-infer-types=refuse-dtypes --split-input-file --verify-diagnostics | FileCheck %s
// RUN: mt-opt %s --mt-infer-types --split-input-file | FileCheck %s --check-prefix=KEEPS

// What PyTorch has no kernel for raises where it stands, in PyTorch's words;
// operators that a decomposition makes are not asked.

// CHECK-LABEL: @topk
// CHECK: mt.prim.raise
// KEEPS-LABEL: @topk
// KEEPS: mt.aten.topk
func.func @topk(%x: !mt.tensor<[4],i1>) -> !mt.tensor {
  %k = arith.constant 1 : i64
  %dim = arith.constant -1 : i64
  %true = arith.constant true
  // expected-warning@+1 {{always raises RuntimeError: topk does not support bool dtypes on CPU}}
  %0, %1 = mt.aten.topk %x, %k, %dim, %true, %true : (!mt.tensor<[4],i1>, i64, i64, i1, i1) -> (!mt.tensor, !mt.tensor)
  return %0 : !mt.tensor
}

// -----

// CHECK-LABEL: @taken
// CHECK: mt.aten.topk
func.func @taken(%x: !mt.tensor<[4],i8>) -> !mt.tensor {
  %k = arith.constant 1 : i64
  %dim = arith.constant -1 : i64
  %true = arith.constant true
  %0, %1 = mt.aten.topk %x, %k, %dim, %true, %true : (!mt.tensor<[4],i8>, i64, i64, i1, i1) -> (!mt.tensor, !mt.tensor)
  return %0 : !mt.tensor
}

// -----

// The dtype that both operands are promoted to decides.

// CHECK-LABEL: @promoted
// CHECK: aten::bitwise_left_shift.Tensor
func.func @promoted(%x: !mt.tensor<[4],i1>, %y: !mt.tensor<[4],i64>) -> !mt.tensor {
  %0 = mt.operator "aten::bitwise_left_shift.Tensor"(%x, %y) : (!mt.tensor<[4],i1>, !mt.tensor<[4],i64>) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

// CHECK-LABEL: @not_promoted
// CHECK: mt.prim.raise
func.func @not_promoted(%x: !mt.tensor<[4],i1>, %y: !mt.tensor<[4],i1>) -> !mt.tensor {
  %one = arith.constant 1 : i64
  // expected-warning@+1 {{Subtraction, the `-` operator, with two bool tensors is not supported}}
  %0 = mt.aten.sub.Tensor %x, %y, %one : (!mt.tensor<[4],i1>, !mt.tensor<[4],i1>, i64) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

// A dtype that is asked for is that of the computation.

// CHECK-LABEL: @asked_for
// CHECK: mt.aten.mean
func.func @asked_for(%x: !mt.tensor<[4],i64>) -> !mt.tensor {
  %dtype = arith.constant 6 : i64
  %0 = mt.aten.mean %x, %dtype : (!mt.tensor<[4],i64>, i64) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

// CHECK-LABEL: @in_place
// CHECK: mt.prim.raise
func.func @in_place(%x: !mt.tensor<[4],i1>) -> !mt.tensor {
  // expected-warning@+1 {{always raises RuntimeError: Negation, the `-` operator, on a bool tensor is not supported}}
  %0 = mt.operator "aten::neg_"(%x) : (!mt.tensor<[4],i1>) -> !mt.tensor
  return %0 : !mt.tensor
}
