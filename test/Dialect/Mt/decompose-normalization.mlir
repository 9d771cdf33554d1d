// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// In evaluation batch_norm is one multiplication and one addition a channel.

// CHECK-LABEL: func @batch_norm
// CHECK-SAME: %[[X:.*]]: !mt.tensor<[2,3,?,?],f32>
func.func @batch_norm(%x: !mt.tensor<[2,3,?,?],f32>, %w: !mt.tensor<[3],f32>, %m: !mt.tensor<[3],f32>, %v: !mt.tensor<[3],f32>) -> !mt.tensor<[2,3,?,?],f32> {
  %none = mt.constant.none
  %false = arith.constant false
  %momentum = arith.constant 0.1 : f64
  %eps = arith.constant 1.0e-05 : f64
  // CHECK-NOT: mt.aten.batch_norm
  // CHECK: %[[R:.*]] = mt.aten.rsqrt
  // CHECK: %[[S:.*]] = mt.aten.mul.Tensor %[[R]]
  // CHECK: %[[SHIFT:.*]] = mt.aten.neg
  // CHECK: %[[XS:.*]] = mt.aten.mul.Tensor %[[X]], {{.*}} : (!mt.tensor<[2,3,?,?],f32>, !mt.tensor<[3,1,1],f32>) -> !mt.tensor<[2,3,?,?],f32>
  // CHECK: mt.aten.add.Tensor %[[XS]]
  %y = mt.aten.batch_norm %x, %w, %none, %m, %v, %false, %momentum, %eps, %false : (!mt.tensor<[2,3,?,?],f32>, !mt.tensor<[3],f32>, !mt.none, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i1, f64, f64, i1) -> !mt.tensor<[2,3,?,?],f32>
  return %y : !mt.tensor<[2,3,?,?],f32>
}

// -----

// What training does to the running statistics is not a value.

// CHECK-LABEL: func @batch_norm_training
func.func @batch_norm_training(%x: !mt.tensor<[2,3,?,?],f32>, %m: !mt.tensor<[3],f32>, %v: !mt.tensor<[3],f32>) -> !mt.tensor<[2,3,?,?],f32> {
  %none = mt.constant.none
  %true = arith.constant true
  %momentum = arith.constant 0.1 : f64
  %eps = arith.constant 1.0e-05 : f64
  // CHECK: mt.aten.batch_norm
  %y = mt.aten.batch_norm %x, %none, %none, %m, %v, %true, %momentum, %eps, %true : (!mt.tensor<[2,3,?,?],f32>, !mt.none, !mt.none, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i1, f64, f64, i1) -> !mt.tensor<[2,3,?,?],f32>
  return %y : !mt.tensor<[2,3,?,?],f32>
}

// -----

// Half precision is normalized in f32 and converted back.

// CHECK-LABEL: func @layer_norm_half
func.func @layer_norm_half(%x: !mt.tensor<[?,8],f16>, %w: !mt.tensor<[8],f16>) -> !mt.tensor<[?,8],f16> {
  %none = mt.constant.none
  %true = arith.constant true
  %eps = arith.constant 1.0e-05 : f64
  %c8 = arith.constant 8 : i64
  %shape = mt.prim.list_construct %c8 : (i64) -> !mt.list<i64>
  // CHECK: mt.aten.to.dtype {{.*}} -> !mt.tensor<[?,8],f32>
  // CHECK: mt.aten.mean.dim {{.*}} -> !mt.tensor<[?,1],f32>
  // CHECK: mt.aten.rsqrt
  // CHECK: mt.aten.to.dtype {{.*}} -> !mt.tensor<[?,8],f16>
  %y = mt.aten.layer_norm %x, %shape, %w, %none, %eps, %true : (!mt.tensor<[?,8],f16>, !mt.list<i64>, !mt.tensor<[8],f16>, !mt.none, f64, i1) -> !mt.tensor<[?,8],f16>
  return %y : !mt.tensor<[?,8],f16>
}
