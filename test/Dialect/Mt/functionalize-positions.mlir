// RUN: mt-opt %s --split-input-file --mt-functionalize | FileCheck %s

// Writes that depend on where the elements of views are in memory.

// All of one row of an expanded tensor: the tensor itself.

// CHECK-LABEL: func.func @row_of_expanded
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[W:.*]] = mt.aten.add.Scalar
// CHECK: mt.operator "aten::as_strided_scatter"(%[[X]], %[[W]],
func.func @row_of_expanded(%a: !mt.tensor<[3],f32>) -> !mt.tensor<[3],f32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c3 = arith.constant 3 : i64
  %false = arith.constant false
  %x = mt.aten.relu %a : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %s = mt.prim.list_construct %c2, %c3 : (i64, i64) -> !mt.list<i64>
  %e = mt.aten.expand %x, %s, %false : (!mt.tensor<[3],f32>, !mt.list<i64>, i1) -> !mt.tensor<[2,3],f32>
  %v = mt.aten.select.int %e, %c0, %c1 : (!mt.tensor<[2,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  %w = mt.operator "aten::add_.Scalar"(%v, %c2, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  return %x : !mt.tensor<[3],f32>
}

// -----

// One value for elements that share their memory is no contradiction.

// CHECK-LABEL: func.func @fill_expanded
// CHECK: mt.operator "aten::as_strided_scatter"
func.func @fill_expanded(%a: !mt.tensor<[3],f32>) -> !mt.tensor<[3],f32> {
  %c2 = arith.constant 2 : i64
  %c3 = arith.constant 3 : i64
  %false = arith.constant false
  %x = mt.aten.relu %a : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %s = mt.prim.list_construct %c2, %c3 : (i64, i64) -> !mt.list<i64>
  %e = mt.aten.expand %x, %s, %false : (!mt.tensor<[3],f32>, !mt.list<i64>, i1) -> !mt.tensor<[2,3],f32>
  %w = mt.operator "aten::zero_"(%e) : (!mt.tensor<[2,3],f32>) -> !mt.tensor<[2,3],f32>
  return %x : !mt.tensor<[3],f32>
}

// -----

// Where it is not known whether a tensor is expanded, it is tested.

// CHECK-LABEL: func.func @maybe_expanded
// CHECK: %[[SAME:.*]] = arith.cmpi eq
// CHECK: mt.prim.if %[[SAME]]
// CHECK: mt.constant.str "unsupported operation: more than one element
func.func @maybe_expanded(%a: !mt.tensor<[?],f32>, %b: !mt.tensor<[?],f32>) -> !mt.tensor<[?],f32> {
  %c1 = arith.constant 1 : i64
  %x = mt.aten.relu %a : (!mt.tensor<[?],f32>) -> !mt.tensor<[?],f32>
  %e = mt.aten.expand_as %x, %b : (!mt.tensor<[?],f32>, !mt.tensor<[?],f32>) -> !mt.tensor<[?],f32>
  %w = mt.operator "aten::add_.Scalar"(%e, %c1, %c1) : (!mt.tensor<[?],f32>, i64, i64) -> !mt.tensor<[?],f32>
  return %x : !mt.tensor<[?],f32>
}

// -----

// A row and a column share one element, at the same place of both.

// CHECK-LABEL: func.func @row_and_column
// CHECK: mt.aten.select_scatter
func.func @row_and_column(%a: !mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32> {
  %c0 = arith.constant 0 : i64
  %false = arith.constant false
  %x = mt.aten.relu %a : (!mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32>
  %t = mt.aten.t %x : (!mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32>
  %row = mt.aten.select.int %x, %c0, %c0 : (!mt.tensor<[3,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  %column = mt.aten.select.int %t, %c0, %c0 : (!mt.tensor<[3,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  %w = mt.operator "aten::copy_"(%column, %row, %false) : (!mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i1) -> !mt.tensor<[3],f32>
  return %x : !mt.tensor<[3,3],f32>
}
