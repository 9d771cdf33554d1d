// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// Another name of an operator with a class.

// CHECK-LABEL: func @alias
func.func @alias(%x: !mt.tensor<[3],f32>) -> !mt.tensor {
  // CHECK: mt.aten.abs {{.*}} -> !mt.tensor<[3],f32>
  %y = mt.operator "aten::absolute"(%x) : (!mt.tensor<[3],f32>) -> !mt.tensor
  return %y : !mt.tensor
}

// -----

// What comes after an operator that had no types gets its own.

// CHECK-LABEL: func @refined
func.func @refined(%x: !mt.tensor<[2,3],f32>) -> !mt.tensor {
  %none = mt.constant.none
  %c1 = arith.constant 1 : i64
  // CHECK: mt.aten.sub.Tensor
  // CHECK: mt.aten.relu {{.*}} -> !mt.tensor<[2,3],f32>
  // CHECK: mt.aten.amax
  %f = mt.operator "aten::frac"(%x) : (!mt.tensor<[2,3],f32>) -> !mt.tensor
  %r = mt.aten.relu %f : (!mt.tensor) -> !mt.tensor
  %s = mt.aten.softmax.int %r, %c1, %none : (!mt.tensor, i64, !mt.none) -> !mt.tensor
  return %s : !mt.tensor
}

// -----

// What has no formula stays.

// CHECK-LABEL: func @unknown
func.func @unknown(%x: !mt.tensor<[3],f32>) -> !mt.tensor {
  // CHECK: mt.operator "aten::lgamma"
  %y = mt.operator "aten::lgamma"(%x) : (!mt.tensor<[3],f32>) -> !mt.tensor
  return %y : !mt.tensor
}
