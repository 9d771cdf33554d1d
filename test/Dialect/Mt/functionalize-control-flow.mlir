// RUN: mt-opt %s --split-input-file --mt-functionalize | FileCheck %s

// What a branch writes is a further result of the `if`.

// CHECK-LABEL: func @write_in_branch
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[R:.*]] = mt.prim.if %{{.*}} -> (!mt.tensor<[3],f32>) {
// CHECK:   %[[Z:.*]] = mt.aten.zeros_like %[[X]]
// CHECK:   mt.prim.yield %[[Z]]
// CHECK: } else {
// CHECK:   mt.prim.yield %[[X]]
// CHECK: }
// CHECK: return %[[R]]
func.func @write_in_branch(%a: !mt.tensor<[3],f32>, %c: i1) -> !mt.tensor<[3],f32> {
  %x = mt.aten.relu %a : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  mt.prim.if %c {
    %w = mt.operator "aten::zero_"(%x) : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
    mt.prim.yield
  } else {
    mt.prim.yield
  }
  return %x : !mt.tensor<[3],f32>
}

// -----

// `x += 1` in a branch: the result is the same tensor on both ways.

// CHECK-LABEL: func @same_on_both_ways
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[R:.*]] = mt.prim.if %{{.*}} -> (!mt.tensor<[3],f32>) {
// CHECK:   %[[S:.*]] = mt.aten.add.Scalar %[[X]]
// CHECK:   mt.prim.yield %[[S]]
// CHECK: } else {
// CHECK:   mt.prim.yield %[[X]]
// CHECK: }
// CHECK: mt.prim.tuple_construct %[[R]], %[[R]]
func.func @same_on_both_ways(%a: !mt.tensor<[3],f32>, %c: i1) -> !mt.tuple<!mt.tensor<[3],f32>, !mt.tensor<[3],f32>> {
  %c1 = arith.constant 1 : i64
  %x = mt.aten.relu %a : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %r = mt.prim.if %c -> (!mt.tensor<[3],f32>) {
    %w = mt.operator "aten::add_.Scalar"(%x, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
    mt.prim.yield %w : !mt.tensor<[3],f32>
  } else {
    mt.prim.yield %x : !mt.tensor<[3],f32>
  }
  %t = mt.prim.tuple_construct %x, %r : (!mt.tensor<[3],f32>, !mt.tensor<[3],f32>) -> !mt.tuple<!mt.tensor<[3],f32>, !mt.tensor<[3],f32>>
  return %t : !mt.tuple<!mt.tensor<[3],f32>, !mt.tensor<[3],f32>>
}

// -----

// What a loop writes is carried.

// CHECK-LABEL: func @write_in_loop
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[R:.*]] = mt.prim.loop %{{.*}}, %{{.*}}, %[[X]] :
// CHECK: ^bb0(%[[I:.*]]: i64, %[[XI:.*]]: !mt.tensor<[4,3],f32>):
// CHECK:   %[[V:.*]] = mt.aten.select.int %[[XI]], %{{.*}}, %[[I]]
// CHECK:   %[[F:.*]] = mt.aten.full_like %[[V]], %[[I]]
// CHECK:   %[[N:.*]] = mt.aten.select_scatter %[[XI]], %[[F]], %{{.*}}, %[[I]]
// CHECK:   mt.prim.loop_condition %{{.*}}, %[[N]]
// CHECK: return %[[R]]
func.func @write_in_loop(%a: !mt.tensor<[4,3],f32>, %n: i64) -> !mt.tensor<[4,3],f32> {
  %true = arith.constant true
  %c0 = arith.constant 0 : i64
  %x = mt.aten.relu %a : (!mt.tensor<[4,3],f32>) -> !mt.tensor<[4,3],f32>
  mt.prim.loop %n, %true : (i64, i1) -> () {
  ^bb0(%i: i64):
    %v = mt.aten.select.int %x, %c0, %i : (!mt.tensor<[4,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
    %w = mt.operator "aten::fill_.Scalar"(%v, %i) : (!mt.tensor<[3],f32>, i64) -> !mt.tensor<[3],f32>
    mt.prim.loop_condition %true
  }
  return %x : !mt.tensor<[4,3],f32>
}

// -----

// `for ...: x += 1` carries the tensor itself: the argument changes.

// CHECK-LABEL: func @carried_in_place
// CHECK-SAME: mt.mutated = array<i64: 0>
// CHECK: %[[R:.*]] = mt.prim.loop %{{.*}}, %{{.*}}, %arg0 :
// CHECK: ^bb0(%{{.*}}: i64, %[[XI:.*]]: !mt.tensor<[3],f32>):
// CHECK:   %[[N:.*]] = mt.aten.add.Scalar %[[XI]]
// CHECK:   mt.prim.loop_condition %{{.*}}, %[[N]]
// CHECK: return %[[R]], %[[R]]
func.func @carried_in_place(%x: !mt.tensor<[3],f32>, %n: i64) -> !mt.tensor<[3],f32> {
  %true = arith.constant true
  %c1 = arith.constant 1 : i64
  %r = mt.prim.loop %n, %true, %x : (i64, i1, !mt.tensor<[3],f32>) -> !mt.tensor<[3],f32> {
  ^bb0(%i: i64, %xi: !mt.tensor<[3],f32>):
    %w = mt.operator "aten::add_.Scalar"(%xi, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
    mt.prim.loop_condition %true, %w : !mt.tensor<[3],f32>
  }
  return %r : !mt.tensor<[3],f32>
}

// -----

// A new tensor in every turn, written before it is carried on.

// CHECK-LABEL: func @fresh_in_every_turn
// CHECK-NOT: mt.mutated
// CHECK: mt.prim.loop
// CHECK: ^bb0(%{{.*}}: i64, %[[XI:.*]]: !mt.tensor<[3],f32>):
// CHECK:   %[[M:.*]] = mt.aten.relu %[[XI]]
// CHECK:   %[[N:.*]] = mt.aten.add.Scalar %[[M]]
// CHECK:   mt.prim.loop_condition %{{.*}}, %[[N]] :
func.func @fresh_in_every_turn(%x: !mt.tensor<[3],f32>, %n: i64) -> !mt.tensor<[3],f32> {
  %true = arith.constant true
  %c1 = arith.constant 1 : i64
  %r = mt.prim.loop %n, %true, %x : (i64, i1, !mt.tensor<[3],f32>) -> !mt.tensor<[3],f32> {
  ^bb0(%i: i64, %xi: !mt.tensor<[3],f32>):
    %m = mt.aten.relu %xi : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
    %w = mt.operator "aten::add_.Scalar"(%m, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
    mt.prim.loop_condition %true, %m : !mt.tensor<[3],f32>
  }
  return %r : !mt.tensor<[3],f32>
}

// -----

// A branch within a loop; a view from outside is taken from what is carried.

// CHECK-LABEL: func @nested
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[V:.*]] = mt.aten.select.int %[[X]]
// CHECK: %[[R:.*]] = mt.prim.loop %{{.*}}, %{{.*}}, %[[X]] :
// CHECK: ^bb0(%{{.*}}: i64, %[[XI:.*]]: !mt.tensor<[4,3],f32>):
// CHECK:   mt.prim.if
// CHECK:     %[[VI:.*]] = mt.aten.select.int %[[XI]]
// CHECK:     %[[W:.*]] = mt.aten.add.Scalar %[[VI]]
// CHECK:     %[[N:.*]] = mt.aten.select_scatter %[[XI]], %[[W]]
// CHECK:     mt.prim.yield %[[N]]
// CHECK:   else
// CHECK:     mt.prim.yield %[[XI]]
// CHECK: %[[LAST:.*]] = mt.aten.select.int %[[R]]
// CHECK: return %[[LAST]]
func.func @nested(%a: !mt.tensor<[4,3],f32>, %n: i64, %c: i1) -> !mt.tensor<[3],f32> {
  %true = arith.constant true
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %x = mt.aten.relu %a : (!mt.tensor<[4,3],f32>) -> !mt.tensor<[4,3],f32>
  %v = mt.aten.select.int %x, %c0, %c0 : (!mt.tensor<[4,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  mt.prim.loop %n, %true : (i64, i1) -> () {
  ^bb0(%i: i64):
    mt.prim.if %c {
      %w = mt.operator "aten::add_.Scalar"(%v, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
      mt.prim.yield
    } else {
      mt.prim.yield
    }
    mt.prim.loop_condition %true
  }
  return %v : !mt.tensor<[3],f32>
}
