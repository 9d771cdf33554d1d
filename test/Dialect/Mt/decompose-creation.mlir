// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// CHECK-LABEL: func @zeros_like
func.func @zeros_like(%x: !mt.tensor<[2,?],i64>) -> !mt.tensor<[2,?],i64> {
  %none = mt.constant.none
  // CHECK: mt.aten.size.int
  // CHECK: mt.aten.full
  %y = mt.aten.zeros_like %x, %none, %none, %none, %none, %none : (!mt.tensor<[2,?],i64>, !mt.none, !mt.none, !mt.none, !mt.none, !mt.none) -> !mt.tensor<[2,?],i64>
  return %y : !mt.tensor<[2,?],i64>
}

// -----

// The elements above the diagonal are dropped; the dtype stays.

// CHECK-LABEL: func @tril
func.func @tril(%x: !mt.tensor<[3,3],i1>) -> !mt.tensor<[3,3],i1> {
  %c0 = arith.constant 0 : i64
  // CHECK: mt.aten.gt.Scalar
  // CHECK: mt.aten.masked_fill.Scalar {{.*}} -> !mt.tensor<[3,3],i1>
  %y = mt.aten.tril %x, %c0 : (!mt.tensor<[3,3],i1>, i64) -> !mt.tensor<[3,3],i1>
  return %y : !mt.tensor<[3,3],i1>
}

// -----

// CHECK-LABEL: func @mse_loss
func.func @mse_loss(%x: !mt.tensor<[3],f32>, %y: !mt.tensor<[3],f32>) -> !mt.tensor<[],f32> {
  %c1 = arith.constant 1 : i64
  // CHECK: %[[D:.*]] = mt.aten.sub.Tensor
  // CHECK: %[[S:.*]] = mt.aten.mul.Tensor %[[D]], %[[D]]
  // CHECK: mt.aten.mean %[[S]]
  %z = mt.aten.mse_loss %x, %y, %c1 : (!mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i64) -> !mt.tensor<[],f32>
  return %z : !mt.tensor<[],f32>
}
