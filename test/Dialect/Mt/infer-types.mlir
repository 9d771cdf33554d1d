// RUN: mt-opt %s --mt-infer-types --split-input-file | FileCheck %s

// A branch that the rank decides is taken, and what it decided goes on.

// CHECK-LABEL: func.func @branch_on_rank
// CHECK-SAME: -> !mt.tensor<[?,2],f32>
// CHECK-NOT: mt.prim.if
// CHECK: mt.aten.t
func.func @branch_on_rank(%x: !mt.tensor<[2,?],f32>) -> !mt.tensor {
  %c2 = arith.constant 2 : i64
  %d = mt.aten.dim %x : (!mt.tensor<[2,?],f32>) -> i64
  %c = arith.cmpi eq, %d, %c2 : i64
  %r = mt.prim.if %c -> (!mt.tensor) {
    %t = mt.aten.t %x : (!mt.tensor<[2,?],f32>) -> !mt.tensor
    mt.prim.yield %t : !mt.tensor
  } else {
    mt.prim.yield %x : !mt.tensor<[2,?],f32>
  }
  return %r : !mt.tensor
}

// -----

// A carried tensor that grows: its size is not known, its rank is.

// CHECK-LABEL: func.func @growing_loop
// CHECK: ^bb0(%{{.*}}: i64, %{{.*}}: !mt.tensor<[?,4],f32>):
func.func @growing_loop(%x: !mt.tensor<[1,4],f32>, %n: i64) -> !mt.tensor {
  %c0 = arith.constant 0 : i64
  %true = arith.constant true
  %r = mt.prim.loop %n, %true, %x : (i64, i1, !mt.tensor<[1,4],f32>) -> !mt.tensor {
  ^bb0(%i: i64, %v: !mt.tensor):
    %l = mt.prim.list_construct %v, %x : (!mt.tensor, !mt.tensor<[1,4],f32>) -> !mt.list<!mt.tensor>
    %w = mt.aten.cat %l, %c0 : (!mt.list<!mt.tensor>, i64) -> !mt.tensor
    mt.prim.loop_condition %true, %w : !mt.tensor
  }
  return %r : !mt.tensor
}

// -----

// A list that a loop appends to is a run-time list with a known element type.

// CHECK-LABEL: func.func @appended_list
// CHECK: %[[L:.*]] = mt.prim.list_construct{{.*}} -> !mt.list<!mt.tensor<[4],f32>>
// CHECK: mt.operator "aten::append.t"(%[[L]]
// CHECK: mt.aten.stack %[[L]]{{.*}} -> !mt.tensor<[?,4],f32>
func.func @appended_list(%x: !mt.tensor<[?,4],f32>, %n: i64) -> !mt.tensor {
  %c0 = arith.constant 0 : i64
  %true = arith.constant true
  %l = mt.prim.list_construct : () -> !mt.list<!mt.tensor>
  mt.prim.loop %n, %true : (i64, i1) -> () {
  ^bb0(%i: i64):
    %row = mt.aten.select.int %x, %c0, %i : (!mt.tensor<[?,4],f32>, i64, i64) -> !mt.tensor
    %m = mt.operator "aten::append.t"(%l, %row) : (!mt.list<!mt.tensor>, !mt.tensor) -> !mt.list<!mt.tensor>
    mt.prim.loop_condition %true
  }
  %r = mt.aten.stack %l, %c0 : (!mt.list<!mt.tensor>, i64) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

// Outside of loops a list is its elements.

// CHECK-LABEL: func.func @known_list
// CHECK-NOT: aten::
// CHECK: mt.prim.tuple_construct %arg1, %{{.*}} : (!mt.tensor<[3],f32>, i64)
func.func @known_list(%a: !mt.tensor<[2],f32>, %b: !mt.tensor<[3],f32>) -> !mt.tuple<!mt.tensor, i64> {
  %c1 = arith.constant 1 : i64
  %l = mt.prim.list_construct %a : (!mt.tensor<[2],f32>) -> !mt.list<!mt.tensor>
  %m = mt.operator "aten::append.t"(%l, %b) : (!mt.list<!mt.tensor>, !mt.tensor<[3],f32>) -> !mt.list<!mt.tensor>
  %n = mt.operator "aten::len.t"(%l) : (!mt.list<!mt.tensor>) -> i64
  %e = mt.operator "aten::__getitem__.t"(%m, %c1) : (!mt.list<!mt.tensor>, i64) -> !mt.tensor
  %t = mt.prim.tuple_construct %e, %n : (!mt.tensor, i64) -> !mt.tuple<!mt.tensor, i64>
  return %t : !mt.tuple<!mt.tensor, i64>
}

// -----

// Arguments are different objects, and so are views; an operator may return
// what it was given.

// CHECK-LABEL: func @identity
// CHECK-DAG: %[[F:.*]] = arith.constant false
// CHECK-DAG: %[[T:.*]] = arith.constant true
// CHECK-DAG: %[[U:.*]] = mt.operator "aten::__is__"
// CHECK: return %[[F]], %{{.*}}, %[[T]], %[[U]]
func.func @identity(%x: !mt.tensor<[2],f32>, %y: !mt.tensor<[2],f32>) -> (i1, i1, i1, i1) {
  %c0 = arith.constant 0 : i64
  %a = mt.aten.unsqueeze %x, %c0 : (!mt.tensor<[2],f32>, i64) -> !mt.tensor
  %b = mt.aten.unsqueeze %x, %c0 : (!mt.tensor<[2],f32>, i64) -> !mt.tensor
  %different = mt.operator "aten::__is__"(%a, %y) : (!mt.tensor, !mt.tensor<[2],f32>) -> i1
  %views = mt.operator "aten::__is__"(%a, %b) : (!mt.tensor, !mt.tensor) -> i1
  %c = mt.operator "aten::positive"(%x) : (!mt.tensor<[2],f32>) -> !mt.tensor
  %same = mt.operator "aten::__is__"(%x, %c) : (!mt.tensor<[2],f32>, !mt.tensor) -> i1
  %d = mt.operator "aten::coalesce"(%x) : (!mt.tensor<[2],f32>) -> !mt.tensor
  %unknown = mt.operator "aten::__is__"(%x, %d) : (!mt.tensor<[2],f32>, !mt.tensor) -> i1
  return %different, %views, %same, %unknown : i1, i1, i1, i1
}

// -----

// A loop whose trip count is computed from ints makes a known list.

// CHECK-LABEL: func @list_of_rank
// CHECK-NOT: mt.prim.loop
// CHECK: mt.prim.list_construct %{{.*}}, %{{.*}} : (f64, f64)
func.func @list_of_rank(%x: !mt.tensor<[?,?,?,?],f32>) -> !mt.list<f64> {
  %true = arith.constant true
  %c2 = arith.constant 2 : i64
  %f = arith.constant 1.5 : f64
  %rank = mt.aten.dim %x : (!mt.tensor<[?,?,?,?],f32>) -> i64
  %n = mt.operator "aten::sub.int"(%rank, %c2) : (i64, i64) -> i64
  %list = mt.prim.list_construct : () -> !mt.list<f64>
  mt.prim.loop %n, %true : (i64, i1) -> () {
  ^bb0(%i: i64):
    %l = mt.operator "aten::append.t"(%list, %f) : (!mt.list<f64>, f64) -> !mt.list<f64>
    mt.prim.loop_condition %true
  }
  return %list : !mt.list<f64>
}

// -----

// How many dims a squeeze leaves depends on a size that is only known turn by
// turn: the loop is unrolled.

// CHECK-LABEL: func.func @unrolled_for_types
// CHECK-NOT: mt.prim.loop
// CHECK: -> !mt.tensor<[4],f32>
func.func @unrolled_for_types(%x: !mt.tensor<[4,3],f32>) -> !mt.tensor {
  %true = arith.constant true
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %r = mt.prim.loop %c2, %true, %x : (i64, i1, !mt.tensor<[4,3],f32>) -> !mt.tensor {
  ^bb0(%i: i64, %y: !mt.tensor):
    %end = arith.addi %i, %c1 : i64
    %s = mt.aten.slice.Tensor %x, %c1, %i, %end, %c1 : (!mt.tensor<[4,3],f32>, i64, i64, i64, i64) -> !mt.tensor
    %q = mt.aten.squeeze.dim %s, %c1 : (!mt.tensor, i64) -> !mt.tensor
    mt.prim.loop_condition %true, %q : !mt.tensor
  }
  return %r : !mt.tensor
}
