// RUN: mt-opt %s --mt-assume-squeezed-dims --split-input-file | FileCheck %s

// The rank is that of the example, where the sizes are as in the example.

// CHECK-LABEL: func.func @all
// CHECK-SAME: %[[X:[a-z0-9]+]]: !mt.tensor<[?,3,?],f32>, %{{.*}}: i64) -> !mt.tensor<[3,?],f32>
func.func @all(%x: !mt.tensor<[?,3,?],f32> {mt.example = array<i64: 1, 3, 4>}, %n: i64) -> !mt.tensor {
  // CHECK: mt.prim.if
  // CHECK: mt.constant.str "squeeze: dimension 0 has to be 1
  // CHECK: mt.prim.if
  // CHECK: mt.constant.str "squeeze: dimension 2 must not be 1
  // CHECK: mt.aten.select.int %[[X]]
  // CHECK-NOT: mt.aten.squeeze
  %r = mt.aten.squeeze %x : (!mt.tensor<[?,3,?],f32>) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

// One squeeze depends on another.

// CHECK-LABEL: func.func @chain
// CHECK-SAME: -> !mt.tensor<[],f32>
func.func @chain(%x: !mt.tensor<[?,?],f32> {mt.example = array<i64: 1, 1>}) -> !mt.tensor {
  %c0 = arith.constant 0 : i64
  %c-1 = arith.constant -1 : i64
  %a = mt.aten.squeeze.dim %x, %c-1 : (!mt.tensor<[?,?],f32>, i64) -> !mt.tensor
  %b = mt.aten.squeeze.dim %a, %c0 : (!mt.tensor, i64) -> !mt.tensor
  return %b : !mt.tensor
}

// -----

// Nothing is squeezed: the tensor itself.

// CHECK-LABEL: func.func @none
// CHECK-SAME: (%[[X:.*]]: !mt.tensor<[?,3],f32>) -> !mt.tensor<[?,3],f32>
// CHECK: mt.constant.str "squeeze: dimension 0 must not be 1
// CHECK: return %[[X]]
func.func @none(%x: !mt.tensor<[?,3],f32> {mt.example = array<i64: 2, 3>}) -> !mt.tensor {
  %c0 = arith.constant 0 : i64
  %a = mt.aten.squeeze.dim %x, %c0 : (!mt.tensor<[?,3],f32>, i64) -> !mt.tensor
  return %a : !mt.tensor
}

// -----

// Without an example nothing is assumed.

// CHECK-LABEL: func.func @unknown
// CHECK: mt.aten.squeeze
func.func @unknown(%x: !mt.tensor<[?,3],f32>) -> !mt.tensor {
  %a = mt.aten.squeeze %x : (!mt.tensor<[?,3],f32>) -> !mt.tensor
  return %a : !mt.tensor
}
