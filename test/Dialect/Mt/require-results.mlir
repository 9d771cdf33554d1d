// RUN: mt-opt %s --mt-require-results | FileCheck %s
// RUN: mt-opt %s --mt-to-contract-pipeline --convert-mt-to-scf --convert-mt-to-linalg | FileCheck %s --check-prefix=LINALG

// Only the size is asked: the index may be out of range nevertheless.
// CHECK-LABEL: @measured
// CHECK: %[[Y:.*]] = mt.aten.select.int
// CHECK: mt.operator "prim::require_result"(%[[Y]])
// LINALG-LABEL: @measured
// LINALG: cf.assert {{.*}}out of range
// LINALG-NOT: require_result
func.func @measured(%x: !mt.tensor<[4, ?], f32>, %i: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %y = mt.aten.select.int %x, %zero, %i : (!mt.tensor<[4, ?], f32>, i64, i64) -> !mt.tensor
  %n = mt.aten.dim %y : (!mt.tensor) -> i64
  return %n : i64
}

// Elements are read; and what nobody reads, PyTorch does not run either.
// CHECK-LABEL: @read
// CHECK-NOT: require_result
func.func @read(%x: !mt.tensor<[4, ?], f32>, %i: i64) -> (i64, !mt.tensor) {
  %zero = arith.constant 0 : i64
  %unused = mt.aten.select.int %x, %zero, %i : (!mt.tensor<[4, ?], f32>, i64, i64) -> !mt.tensor
  %y = mt.aten.select.int %x, %zero, %i : (!mt.tensor<[4, ?], f32>, i64, i64) -> !mt.tensor
  %n = mt.aten.dim %y : (!mt.tensor) -> i64
  %z = mt.aten.relu %y : (!mt.tensor) -> !mt.tensor
  return %n, %z : i64, !mt.tensor
}
