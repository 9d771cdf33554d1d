// RUN: mt-opt %s --split-input-file --mt-functionalize | FileCheck %s

// Operators that see the memory of a tensor get the tensor that it is.

// The argument has to lie as it seems to.

// CHECK-LABEL: func.func @argument
// CHECK-SAME: %[[X:.*]]: !mt.tensor<[?],f32> {mt.whole}
// CHECK-SAME: %[[Y:.*]]: !mt.tensor<[?],f32> {mt.contiguous}
// CHECK: mt.aten.as_strided %[[X]], %{{.*}}, %{{.*}}, %c3_i64
// CHECK: mt.aten.as_strided %[[Y]], %{{.*}}, %{{.*}}, %c0_i64
func.func @argument(%x: !mt.tensor<[?],f32>, %y: !mt.tensor<[?],f32>) -> (!mt.tensor<[1],f32>, !mt.tensor<[1],f32>) {
  %none = mt.constant.none
  %c1 = arith.constant 1 : i64
  %c3 = arith.constant 3 : i64
  %s = mt.prim.list_construct %c1 : (i64) -> !mt.list<i64>
  %a = mt.aten.as_strided %x, %s, %s, %c3 : (!mt.tensor<[?],f32>, !mt.list<i64>, !mt.list<i64>, i64) -> !mt.tensor<[1],f32>
  %b = mt.aten.as_strided %y, %s, %s, %none : (!mt.tensor<[?],f32>, !mt.list<i64>, !mt.list<i64>, !mt.none) -> !mt.tensor<[1],f32>
  return %a, %b : !mt.tensor<[1],f32>, !mt.tensor<[1],f32>
}

// -----

// Of a view: of what it is a view of, and so is a write.

// CHECK-LABEL: func.func @of_view
// CHECK: %[[Z:.*]] = mt.aten.zeros
// CHECK: mt.aten.as_strided %[[Z]], %[[SIZES:.*]], %[[STRIDES:.*]], %c2_i64
// CHECK: %[[W:.*]] = mt.aten.add.Scalar
// CHECK: %[[N:.*]] = mt.operator "aten::as_strided_scatter"(%[[Z]], %[[W]], %[[SIZES]], %[[STRIDES]], %c2_i64
// CHECK: return %[[N]]
func.func @of_view() -> !mt.tensor<[4],f32> {
  %none = mt.constant.none
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %n = mt.prim.list_construct %c4 : (i64) -> !mt.list<i64>
  %x = mt.aten.zeros %n, %none, %none, %none, %none : (!mt.list<i64>, !mt.none, !mt.none, !mt.none, !mt.none) -> !mt.tensor<[4],f32>
  %v = mt.aten.slice.Tensor %x, %c0, %c2, %c4, %c1 : (!mt.tensor<[4],f32>, i64, i64, i64, i64) -> !mt.tensor<[2],f32>
  %s = mt.prim.list_construct %c1 : (i64) -> !mt.list<i64>
  %y = mt.aten.as_strided %v, %s, %s, %none : (!mt.tensor<[2],f32>, !mt.list<i64>, !mt.list<i64>, !mt.none) -> !mt.tensor<[1],f32>
  %w = mt.operator "aten::add_.Scalar"(%y, %c2, %c1) : (!mt.tensor<[1],f32>, i64, i64) -> !mt.tensor<[1],f32>
  return %x : !mt.tensor<[4],f32>
}

// -----

// An argument that becomes a view of itself.

// CHECK-LABEL: func.func @transposed
// CHECK-SAME: mt.reshaped = [{argument = 0 : i64, dims = array<i64: 1, 0>}]
// CHECK: return %{{[^,]*}} : i64
func.func @transposed(%x: !mt.tensor<[?,?],f32>, %n: i64) -> (i64, !mt.tensor<[?,?],f32>) attributes {mt.rebound = array<i64: 0>} {
  %t = mt.aten.t %x : (!mt.tensor<[?,?],f32>) -> !mt.tensor<[?,?],f32>
  return %n, %t : i64, !mt.tensor<[?,?],f32>
}

// -----

// One that gets other memory is returned.

// CHECK-LABEL: func.func @resized
// CHECK-SAME: {mt.contiguous}
// CHECK-SAME: mt.reshaped = [{argument = 0 : i64, replaced}]
// CHECK: %[[R:.*]] = mt.operator "aten::resize"
// CHECK: return %{{.*}}, %[[R]]
func.func @resized(%x: !mt.tensor<[?,?],f32>, %n: i64) -> (i64, !mt.tensor<[?],f32>) attributes {mt.rebound = array<i64: 0>} {
  %none = mt.constant.none
  %s = mt.prim.list_construct %n : (i64) -> !mt.list<i64>
  %t = mt.operator "aten::resize"(%x, %s, %none) : (!mt.tensor<[?,?],f32>, !mt.list<i64>, !mt.none) -> !mt.tensor<[?],f32>
  return %n, %t : i64, !mt.tensor<[?],f32>
}
