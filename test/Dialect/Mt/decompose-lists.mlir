// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// A split of a known size is slices, and nothing of the list is left.

// CHECK-LABEL: func @chunk
// CHECK-SAME: %[[X:.*]]: !mt.tensor
func.func @chunk(%x: !mt.tensor<[?,7],f32>) -> (!mt.tensor, !mt.tensor) {
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  // CHECK: %[[A:.*]] = mt.aten.slice.Tensor %[[X]], {{.*}} -> !mt.tensor<[?,4],f32>
  // CHECK: %[[B:.*]] = mt.aten.slice.Tensor %[[X]], {{.*}} -> !mt.tensor<[?,3],f32>
  // CHECK-NOT: mt.prim.list
  %l = mt.aten.chunk %x, %c2, %c1 : (!mt.tensor<[?,7],f32>, i64, i64) -> !mt.list<!mt.tensor>
  %a, %b = mt.prim.list_unpack %l : (!mt.list<!mt.tensor>) -> (!mt.tensor, !mt.tensor)
  return %a, %b : !mt.tensor, !mt.tensor
}

// -----

// Of a dynamic size, the unpacking says how many pieces there are.

// CHECK-LABEL: func @split_dynamic
func.func @split_dynamic(%x: !mt.tensor<[?],f32>, %n: i64) -> (!mt.tensor, !mt.tensor) {
  %c0 = arith.constant 0 : i64
  // CHECK: mt.aten.size.int
  // CHECK-COUNT-2: mt.aten.slice.Tensor
  %l = mt.aten.split.Tensor %x, %n, %c0 : (!mt.tensor<[?],f32>, i64, i64) -> !mt.list<!mt.tensor>
  %a, %b = mt.prim.list_unpack %l : (!mt.list<!mt.tensor>) -> (!mt.tensor, !mt.tensor)
  return %a, %b : !mt.tensor, !mt.tensor
}

// -----

// Where nothing says how many there are, a loop fills the list.

// CHECK-LABEL: func @unbind_unknown
// CHECK-SAME: %[[X:.*]]: !mt.tensor
func.func @unbind_unknown(%x: !mt.tensor<[?],f32>) -> !mt.list<!mt.tensor> {
  %c0 = arith.constant 0 : i64
  // CHECK: %[[SIZE:.*]] = mt.aten.size.int %[[X]]
  // CHECK: %[[LIST:.*]] = mt.prim.list_construct {{.*}}!mt.list<!mt.tensor<[],f32>>
  // CHECK: mt.prim.loop %[[SIZE]]
  // CHECK: ^bb0(%[[I:.*]]: i64):
  // CHECK: %[[PIECE:.*]] = mt.aten.select.int %[[X]], {{.*}}, %[[I]]
  // CHECK: mt.operator "aten::append.t"(%[[LIST]], %[[PIECE]])
  %l = mt.aten.unbind.int %x, %c0 : (!mt.tensor<[?],f32>, i64) -> !mt.list<!mt.tensor>
  return %l : !mt.list<!mt.tensor>
}
