// RUN: mt-opt %s --mt-infer-types --split-input-file 2>/dev/null | FileCheck %s

// An operator that can never succeed raises where it stands: what runs before
// it still runs, and another branch is not concerned.

// CHECK-LABEL: func.func @function
// CHECK-SAME: -> !mt.none
func.func @function(%a: !mt.tensor<[2,3],f32>, %b: !mt.tensor<[4,5],f32>) -> !mt.tensor {
  // CHECK: %[[MESSAGE:.*]] = mt.constant.str "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)
  // CHECK: mt.prim.raise %[[MESSAGE]]
  // CHECK-NOT: mt.aten
  %r = mt.aten.mm %a, %b : (!mt.tensor<[2,3],f32>, !mt.tensor<[4,5],f32>) -> !mt.tensor
  %s = mt.aten.relu %r : (!mt.tensor) -> !mt.tensor
  return %s : !mt.tensor
}

// -----

// CHECK-LABEL: func.func @branch
// CHECK-SAME: -> !mt.tensor<[2,3],f32>
func.func @branch(%c: i1, %a: !mt.tensor<[2,3],f32>, %b: !mt.tensor<[4,5],f32>) -> !mt.tensor {
  // CHECK: mt.prim.if %{{.*}} -> (!mt.tensor<[2,3],f32>)
  %r = mt.prim.if %c -> (!mt.tensor) {
    // CHECK: mt.prim.raise
    %m = mt.aten.mm %a, %b : (!mt.tensor<[2,3],f32>, !mt.tensor<[4,5],f32>) -> !mt.tensor
    mt.prim.yield %m : !mt.tensor
  } else {
    // CHECK: mt.aten.relu
    %s = mt.aten.relu %a : (!mt.tensor<[2,3],f32>) -> !mt.tensor
    mt.prim.yield %s : !mt.tensor
  }
  return %r : !mt.tensor
}

// -----

// A tensor that is None, as in a branch that asks for it first.

// CHECK-LABEL: func.func @none
func.func @none(%c: i1, %a: !mt.tensor<[2,3],f32>) -> !mt.tensor {
  // CHECK: mt.prim.if %{{.*}} -> (!mt.tensor<[2,3],f32>)
  %none = mt.constant.none
  %r = mt.prim.if %c -> (!mt.tensor) {
    // CHECK: mt.constant.str "expected a tensor for argument 'self' of aten::digamma, got None"
    // CHECK: mt.prim.raise
    %m = mt.operator "aten::digamma"(%none) : (!mt.none) -> !mt.tensor
    mt.prim.yield %m : !mt.tensor
  } else {
    %s = mt.aten.relu %a : (!mt.tensor<[2,3],f32>) -> !mt.tensor
    mt.prim.yield %s : !mt.tensor
  }
  return %r : !mt.tensor
}
