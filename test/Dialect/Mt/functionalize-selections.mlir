// RUN: mt-opt %s --split-input-file --mt-functionalize | FileCheck %s

// A tensor that a branch or a loop chooses is written together with what it is.

// CHECK-LABEL: func.func @branch
// CHECK: %[[X:.*]] = mt.aten.relu
// CHECK: %[[Y:.*]]:2 = mt.prim.if
// CHECK:   mt.prim.yield %[[X]], %true
// CHECK:   mt.prim.yield %{{.*}}, %false
// CHECK: %[[W:.*]] = mt.aten.add.Scalar %[[Y]]#0
// CHECK: %[[NEW:.*]] = mt.prim.if %[[Y]]#1
// CHECK:   mt.prim.yield %[[W]]
// CHECK:   mt.prim.yield %[[X]]
// CHECK: mt.aten.mul.Tensor %[[NEW]], %[[W]]
func.func @branch(%a: !mt.tensor<[3],f32>, %c: i1) -> !mt.tensor<[3],f32> {
  %c1 = arith.constant 1 : i64
  %x = mt.aten.relu %a : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %y = mt.prim.if %c -> (!mt.tensor<[3],f32>) {
    mt.prim.yield %x : !mt.tensor<[3],f32>
  } else {
    %z = mt.aten.neg %x : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
    mt.prim.yield %z : !mt.tensor<[3],f32>
  }
  %w = mt.operator "aten::add_.Scalar"(%y, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  %r = mt.aten.mul.Tensor %x, %y : (!mt.tensor<[3],f32>, !mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  return %r : !mt.tensor<[3],f32>
}

// -----

// A write to one that it may be is seen through it.

// CHECK-LABEL: func.func @other_way
// CHECK: %[[Y:.*]]:2 = mt.prim.if
// CHECK: %[[W:.*]] = mt.aten.add.Scalar %arg0
// CHECK: %[[NOW:.*]] = mt.prim.if %[[Y]]#1
// CHECK:   mt.prim.yield %[[W]]
// CHECK:   mt.prim.yield %[[Y]]#0
// CHECK: return %[[NOW]], %[[W]]
func.func @other_way(%x: !mt.tensor<[3],f32>, %c: i1) -> !mt.tensor<[3],f32> {
  %c1 = arith.constant 1 : i64
  %y = mt.prim.if %c -> (!mt.tensor<[3],f32>) {
    mt.prim.yield %x : !mt.tensor<[3],f32>
  } else {
    %z = mt.aten.neg %x : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
    mt.prim.yield %z : !mt.tensor<[3],f32>
  }
  %w = mt.operator "aten::add_.Scalar"(%x, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  return %y : !mt.tensor<[3],f32>
}

// -----

// `h.mul_(2); h = h + 1` in a loop: only the first turn writes to the argument.

// CHECK-LABEL: func.func @loop
// CHECK: %[[R:.*]]:3 = mt.prim.loop %{{.*}}, %{{.*}}, %arg0, %arg0, %true{{.*}} :
// CHECK: ^bb0(%{{.*}}: i64, %[[H:.*]]: !mt.tensor<[3],f32>, %[[X:.*]]: !mt.tensor<[3],f32>, %[[FLAG:.*]]: i1):
// CHECK:   %[[W:.*]] = mt.aten.mul.Scalar %[[H]]
// CHECK:   %[[NEW:.*]] = mt.prim.if %[[FLAG]]
// CHECK:     mt.prim.yield %[[W]]
// CHECK:     mt.prim.yield %[[X]]
// CHECK:   %[[N:.*]] = mt.aten.add.Scalar %[[W]]
// CHECK:   mt.prim.loop_condition %{{.*}}, %[[N]], %[[NEW]], %false
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @loop(%x: !mt.tensor<[3],f32>, %n: i64) -> !mt.tensor<[3],f32> {
  %true = arith.constant true
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %r = mt.prim.loop %n, %true, %x : (i64, i1, !mt.tensor<[3],f32>) -> (!mt.tensor<[3],f32>) {
  ^bb0(%i: i64, %h: !mt.tensor<[3],f32>):
    %w = mt.operator "aten::mul_.Scalar"(%h, %c2) : (!mt.tensor<[3],f32>, i64) -> !mt.tensor<[3],f32>
    %s = mt.aten.add.Scalar %h, %c1, %c1 : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
    mt.prim.loop_condition %true, %s : !mt.tensor<[3],f32>
  }
  return %r : !mt.tensor<[3],f32>
}
