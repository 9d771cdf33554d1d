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

// Of the parts only the number is asked.
// CHECK-LABEL: @parts
// CHECK: %[[PARTS:.*]] = mt.operator "aten::split.sizes"
// CHECK: mt.operator "prim::require_result"(%[[PARTS]])
// LINALG-LABEL: @parts
// LINALG: cf.assert {{.*}}to sum exactly to
// LINALG-NOT: require_result
func.func @parts(%x: !mt.tensor<[?], f32>, %i: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %sizes = mt.prim.list_construct %one, %i : (i64, i64) -> !mt.list<i64>
  %y = mt.operator "aten::split.sizes"(%x, %sizes, %zero) : (!mt.tensor<[?], f32>, !mt.list<i64>, i64) -> !mt.list<!mt.tensor>
  %n = mt.operator "aten::len.t"(%y) : (!mt.list<!mt.tensor>) -> i64
  return %n : i64
}

// Each turn makes it of that of the turn before, for nobody.
// CHECK-LABEL: @cycle
// CHECK: %[[Y:.*]] = mt.aten.relu
// CHECK: mt.operator "prim::require_result"(%[[Y]])
func.func @cycle(%x: !mt.tensor<[?],f32>, %i: i64) -> i64 {
  %true = arith.constant true
  %0 = mt.prim.loop %i, %true, %x : (i64, i1, !mt.tensor<[?],f32>) -> !mt.tensor<[?],f32> {
  ^bb0(%turn: i64, %carried: !mt.tensor<[?],f32>):
    %y = mt.aten.relu %carried : (!mt.tensor<[?],f32>) -> !mt.tensor<[?],f32>
    mt.prim.loop_condition %true, %y : !mt.tensor<[?],f32>
  }
  return %i : i64
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

// What is written is read by nobody: PyTorch writes nevertheless.
// CHECK-LABEL: @lost_write
// CHECK: %[[ROW:.*]] = mt.aten.select.int
// CHECK: %[[WRITTEN:.*]] = mt.operator "aten::add_.Scalar"(%[[ROW]]
// CHECK: mt.operator "prim::require_result"(%[[WRITTEN]])
// LINALG-LABEL: @lost_write
// LINALG: cf.assert {{.*}}out of range
func.func @lost_write(%x: !mt.tensor<[4, ?], f32>, %i: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %y = mt.aten.relu %x : (!mt.tensor<[4, ?], f32>) -> !mt.tensor
  %row = mt.aten.select.int %y, %zero, %i : (!mt.tensor, i64, i64) -> !mt.tensor
  %z = mt.operator "aten::add_.Scalar"(%row, %one, %one) : (!mt.tensor, i64, i64) -> !mt.tensor
  return %i : i64
}

// It is returned, by another name; only the view is asked for, in time.
// CHECK-LABEL: @read_write
// CHECK: %[[ROW:.*]] = mt.aten.select.int
// CHECK-NEXT: mt.operator "prim::require_result"(%[[ROW]])
// CHECK-NOT: require_result
func.func @read_write(%x: !mt.tensor<[4, ?], f32>, %i: i64) -> !mt.tensor {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %y = mt.aten.relu %x : (!mt.tensor<[4, ?], f32>) -> !mt.tensor
  %row = mt.aten.select.int %y, %zero, %i : (!mt.tensor, i64, i64) -> !mt.tensor
  %z = mt.operator "aten::add_.Scalar"(%row, %one, %one) : (!mt.tensor, i64, i64) -> !mt.tensor
  return %y : !mt.tensor
}

// A list keeps it, and nobody takes it.
// CHECK-LABEL: @kept
// CHECK: %[[ROW:.*]] = mt.aten.select.int
// CHECK-NEXT: mt.operator "prim::require_result"(%[[ROW]])
func.func @kept(%x: !mt.tensor<[4, ?], f32>, %i: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %row = mt.aten.select.int %x, %zero, %i : (!mt.tensor<[4, ?], f32>, i64, i64) -> !mt.tensor
  %l = mt.prim.list_construct %row : (!mt.tensor) -> !mt.list<!mt.tensor>
  %n = mt.operator "aten::len.t"(%l) : (!mt.list<!mt.tensor>) -> i64
  return %n : i64
}

// It decides whether something happens, although nothing does; a number that no
// tensor gives raises nothing.
// CHECK-LABEL: @decides
// CHECK: %[[YES:.*]] = mt.operator "aten::Bool.Tensor"
// CHECK-NEXT: mt.operator "prim::require_result"(%[[YES]])
// CHECK-NOT: require_result
func.func @decides(%x: !mt.tensor<[?], f32>, %c: i1) {
  %yes = mt.operator "aten::Bool.Tensor"(%x) : (!mt.tensor<[?], f32>) -> i1
  mt.prim.if %yes {
    mt.prim.yield
  } else {
    mt.prim.yield
  }
  mt.prim.if %c {
    mt.prim.yield
  } else {
    mt.prim.yield
  }
  return
}
