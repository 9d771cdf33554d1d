// RUN: mt-opt %s --mt-assume-example-sizes --split-input-file | FileCheck %s

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

// Nothing is squeezed: another object of the same elements.

// CHECK-LABEL: func.func @none
// CHECK-SAME: (%[[X:.*]]: !mt.tensor<[?,3],f32>) -> !mt.tensor<[?,3],f32>
// CHECK: mt.constant.str "squeeze: dimension 0 must not be 1
// CHECK: %[[SAME:.*]] = mt.aten.alias %[[X]]
// CHECK: return %[[SAME]]
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

// -----

// The covariance of one variable is a scalar.

// CHECK-LABEL: func.func @covariance
// CHECK-SAME: -> !mt.tensor<[?,?],f32>
func.func @covariance(%x: !mt.tensor<[?,?],f32> {mt.example = array<i64: 3, 4>}) -> !mt.tensor {
  %none = mt.constant.none
  %c1 = arith.constant 1 : i64
  %r = mt.operator "aten::cov"(%x, %c1, %none, %none) : (!mt.tensor<[?,?],f32>, i64, !mt.none, !mt.none) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

// The first dim of size 3.

// CHECK-LABEL: func.func @crossed
// CHECK: mt.constant.str "cross: dimension 0 must not be 3
// CHECK: mt.constant.str "cross: dimension 1 has to be 3
// CHECK: mt.operator "aten::linalg_cross"(%{{.*}}, %{{.*}}, %c1_i64{{.*}})
func.func @crossed(%x: !mt.tensor<[?,?,?],f32> {mt.example = array<i64: 5, 3, 3>}) -> !mt.tensor {
  %none = mt.constant.none
  %r = mt.operator "aten::cross"(%x, %x, %none) : (!mt.tensor<[?,?,?],f32>, !mt.tensor<[?,?,?],f32>, !mt.none) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

// A branch that would give something of another type.

// CHECK-LABEL: func.func @branch
// CHECK-SAME: -> !mt.tensor<[?],f32>
// CHECK: mt.constant.str "if: the condition has to be false
// CHECK-NOT: mt.prim.if
// CHECK: return
func.func @branch(%x: !mt.tensor<[?],i64> {mt.example = array<i64: 5>}) -> !mt.tensor {
  %c0 = arith.constant 0 : i64
  %n = mt.aten.size.int %x, %c0 : (!mt.tensor<[?],i64>, i64) -> i64
  %empty = arith.cmpi eq, %n, %c0 : i64
  %r = mt.prim.if %empty -> (!mt.tensor) {
    mt.prim.yield %x : !mt.tensor<[?],i64>
  } else {
    %y = mt.aten.sqrt %x : (!mt.tensor<[?],i64>) -> !mt.tensor<[?],f32>
    mt.prim.yield %y : !mt.tensor<[?],f32>
  }
  return %r : !mt.tensor
}

// -----

// Which dtype is converted to depends on a size.

// CHECK-LABEL: func.func @dtype_by_size
// CHECK-SAME: -> !mt.tensor<[?],f64>
// CHECK: mt.constant.str "if: the condition has to be false
func.func @dtype_by_size(%x: !mt.tensor<[?],f32> {mt.example = array<i64: 4>}) -> !mt.tensor {
  %none = mt.constant.none
  %false = arith.constant false
  %c0 = arith.constant 0 : i64
  %c6 = arith.constant 6 : i64
  %c7 = arith.constant 7 : i64
  %n = mt.aten.size.int %x, %c0 : (!mt.tensor<[?],f32>, i64) -> i64
  %many = arith.cmpi sgt, %n, %c7 : i64
  %d = mt.prim.if %many -> (i64) {
    mt.prim.yield %c6 : i64
  } else {
    mt.prim.yield %c7 : i64
  }
  %r = mt.aten.to.dtype %x, %d, %false, %false, %none : (!mt.tensor<[?],f32>, i64, i1, i1, !mt.none) -> !mt.tensor
  return %r : !mt.tensor
}
