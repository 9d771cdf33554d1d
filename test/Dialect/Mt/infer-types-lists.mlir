// RUN: mt-opt %s --mt-infer-types --split-input-file | FileCheck %s

// Slices of known lists, forwards and backwards.

// CHECK-LABEL: func.func @slices
// CHECK-NOT: aten::slice
// CHECK: mt.prim.list_construct %arg2, %arg1, %arg0
// CHECK: mt.prim.list_construct %arg1 :
func.func @slices(%a: !mt.tensor<[2],f32>, %b: !mt.tensor<[3],f32>, %c: !mt.tensor<[4],f32>) -> (!mt.list<!mt.tensor>, !mt.list<!mt.tensor>) {
  %none = mt.constant.none
  %one = arith.constant 1 : i64
  %back = arith.constant -1 : i64
  %l = mt.prim.list_construct %a, %b, %c : (!mt.tensor<[2],f32>, !mt.tensor<[3],f32>, !mt.tensor<[4],f32>) -> !mt.list<!mt.tensor>
  %r = mt.operator "aten::slice.t"(%l, %none, %none, %back) : (!mt.list<!mt.tensor>, !mt.none, !mt.none, i64) -> !mt.list<!mt.tensor>
  %m = mt.operator "aten::slice.t"(%l, %one, %back, %one) : (!mt.list<!mt.tensor>, i64, i64, i64) -> !mt.list<!mt.tensor>
  return %r, %m : !mt.list<!mt.tensor>, !mt.list<!mt.tensor>
}

// -----

// Sizes that are known at run time are sorted there.

// CHECK-LABEL: func.func @sorted
// CHECK: %[[MIN:.*]] = arith.minsi %arg0, %arg1
// CHECK: %[[MAX:.*]] = arith.maxsi %arg0, %arg1
// CHECK: mt.prim.list_construct %[[MIN]], %[[MAX]] : (i64, i64)
func.func @sorted(%a: i64, %b: i64) -> !mt.list<i64> {
  %l = mt.prim.list_construct %a, %b : (i64, i64) -> !mt.list<i64>
  %r = mt.operator "aten::sorted.int"(%l) : (!mt.list<i64>) -> !mt.list<i64>
  return %r : !mt.list<i64>
}

// -----

// The parts of a tensor are a known list where more than their places is used.

// CHECK-LABEL: func.func @parts
// CHECK: %[[L:.*]] = mt.aten.unbind.int
// CHECK: %[[P:.*]]:2 = mt.prim.list_unpack %[[L]] : {{.*}} -> (!mt.tensor<[3],f32>, !mt.tensor<[3],f32>)
// CHECK: mt.prim.list_construct %[[P]]#1, %[[P]]#0
func.func @parts(%x: !mt.tensor<[2,3],f32>) -> !mt.list<!mt.tensor> {
  %none = mt.constant.none
  %zero = arith.constant 0 : i64
  %back = arith.constant -1 : i64
  %l = mt.aten.unbind.int %x, %zero : (!mt.tensor<[2,3],f32>, i64) -> !mt.list<!mt.tensor>
  %r = mt.operator "aten::slice.t"(%l, %none, %none, %back) : (!mt.list<!mt.tensor>, !mt.none, !mt.none, i64) -> !mt.list<!mt.tensor>
  return %r : !mt.list<!mt.tensor>
}

// -----

// The places where a condition holds, a list of one tensor per dimension.

// CHECK-LABEL: func.func @places
// CHECK: %[[N:.*]] = mt.aten.nonzero %arg0
// CHECK: mt.aten.unbind.int %[[N]]
// CHECK: mt.operator "aten::__getitem__.t"{{.*}} -> !mt.tensor<[?],i64>
func.func @places(%x: !mt.tensor<[2,3],i1>) -> !mt.tensor {
  %one = arith.constant 1 : i64
  %l = mt.operator "aten::where"(%x) : (!mt.tensor<[2,3],i1>) -> !mt.list<!mt.tensor>
  %r = mt.operator "aten::__getitem__.t"(%l, %one) : (!mt.list<!mt.tensor>, i64) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

// What is None at first has a type of its own in every turn.

// CHECK-LABEL: func.func @none_at_first
// CHECK-NOT: mt.prim.loop
// CHECK: return %arg0 : !mt.tensor<[2],f32>
func.func @none_at_first(%x: !mt.tensor<[2],f32>) -> !mt.optional<!mt.tensor> {
  %none = mt.constant.none
  %true = arith.constant true
  %two = arith.constant 2 : i64
  %r = mt.prim.loop %two, %true, %none : (i64, i1, !mt.none) -> !mt.optional<!mt.tensor> {
  ^bb0(%i: i64, %p: !mt.optional<!mt.tensor>):
    mt.prim.loop_condition %true, %x : !mt.tensor<[2],f32>
  }
  return %r : !mt.optional<!mt.tensor>
}

// -----

// A list that is written through an element of another list in a loop is not
// known after it.

// CHECK-LABEL: func.func @written_through_element
// CHECK: %[[INNER:.*]] = mt.prim.list_construct
// CHECK: mt.prim.loop
// CHECK: aten::append.t
// CHECK: mt.operator "aten::len.t"
func.func @written_through_element(%n: i64) -> i64 {
  %true = arith.constant true
  %c0 = arith.constant 0 : i64
  %inner = mt.prim.list_construct : () -> !mt.list<i64>
  %outer = mt.prim.list_construct %inner : (!mt.list<i64>) -> !mt.list<!mt.list<i64>>
  mt.prim.loop %n, %true : (i64, i1) -> () {
  ^bb0(%i: i64):
    %l = mt.operator "aten::__getitem__.t"(%outer, %c0) : (!mt.list<!mt.list<i64>>, i64) -> !mt.list<i64>
    %w = mt.operator "aten::append.t"(%l, %i) : (!mt.list<i64>, i64) -> !mt.list<i64>
    mt.prim.loop_condition %true
  }
  %r = mt.operator "aten::len.t"(%inner) : (!mt.list<i64>) -> i64
  return %r : i64
}
