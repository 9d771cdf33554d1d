// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// softmax subtracts the maximum, so that exp does not overflow.

// CHECK-LABEL: func @softmax
// CHECK-SAME: %[[X:.*]]: !mt.tensor
func.func @softmax(%x: !mt.tensor<[2,?],f32>) -> !mt.tensor<[2,?],f32> {
  %none = mt.constant.none
  %dim = arith.constant -1 : i64
  // CHECK: %[[M:.*]] = mt.aten.amax %[[X]], {{.*}} -> !mt.tensor<[2,1],f32>
  // CHECK: %[[S:.*]] = mt.aten.sub.Tensor %[[X]], %[[M]]
  // CHECK: %[[E:.*]] = mt.aten.exp %[[S]]
  // CHECK: %[[T:.*]] = mt.aten.sum.dim_IntList %[[E]]
  // CHECK: mt.aten.div.Tensor %[[E]], %[[T]]
  %y = mt.aten.softmax.int %x, %dim, %none : (!mt.tensor<[2,?],f32>, i64, !mt.none) -> !mt.tensor<[2,?],f32>
  return %y : !mt.tensor<[2,?],f32>
}

// -----

// In evaluation dropout is the identity.

// CHECK-LABEL: func @dropout
// CHECK-SAME: %[[X:.*]]: !mt.tensor
func.func @dropout(%x: !mt.tensor<[2,?],f32>) -> !mt.tensor<[2,?],f32> {
  %false = arith.constant false
  %p = arith.constant 0.5 : f64
  // CHECK-NEXT: return %[[X]]
  %y = mt.aten.dropout %x, %p, %false : (!mt.tensor<[2,?],f32>, f64, i1) -> !mt.tensor<[2,?],f32>
  return %y : !mt.tensor<[2,?],f32>
}

// -----

// In training elements are kept at random, and scaled to keep the mean.

// CHECK-LABEL: func @dropout_training
func.func @dropout_training(%x: !mt.tensor<[2,?],f32>) -> !mt.tensor<[2,?],f32> {
  %true = arith.constant true
  %p = arith.constant 0.5 : f64
  // CHECK: %[[KEPT:.*]] = mt.aten.bernoulli.p
  // CHECK: mt.aten.div.Scalar %[[KEPT]]
  // CHECK: mt.aten.mul.Tensor
  %y = mt.aten.dropout %x, %p, %true : (!mt.tensor<[2,?],f32>, f64, i1) -> !mt.tensor<[2,?],f32>
  return %y : !mt.tensor<[2,?],f32>
}
