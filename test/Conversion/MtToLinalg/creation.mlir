// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: @zeros
// CHECK: cf.assert %{{.*}}, "RuntimeError: Trying to create tensor with negative dimension
// CHECK: linalg.fill
func.func @zeros(%n: i64) -> tensor<?x3xf32> {
  %none = mt.constant.none
  %c3 = arith.constant 3 : i64
  %l = mt.prim.list_construct %n, %c3 : (i64, i64) -> !mt.list<i64>
  %0 = mt.aten.zeros %l, %none, %none, %none, %none : (!mt.list<i64>, !mt.none, !mt.none, !mt.none, !mt.none) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// -----

// CHECK-LABEL: @arange
// CHECK: linalg.index 0
// CHECK: arith.muli
func.func @arange() -> tensor<5xi64> {
  %none = mt.constant.none
  %start = arith.constant 1 : i64
  %end = arith.constant 11 : i64
  %step = arith.constant 2 : i64
  %0 = mt.aten.arange.start_step %start, %end, %step, %none, %none, %none, %none : (i64, i64, i64, !mt.none, !mt.none, !mt.none, !mt.none) -> tensor<5xi64>
  return %0 : tensor<5xi64>
}
