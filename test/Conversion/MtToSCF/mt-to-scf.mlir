// RUN: mt-opt %s --convert-mt-to-scf --split-input-file | FileCheck %s

// A fixed trip count is scf.for; the carried size is cast to what it becomes.

// CHECK-LABEL: func.func @for_loop
// CHECK: %[[CAST:.*]] = tensor.cast %{{.*}} : tensor<1xf32> to tensor<?xf32>
// CHECK: %[[INIT:.*]] = bufferization.alloc_tensor() copy(%[[CAST]])
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%{{.*}} = %[[INIT]]) -> (tensor<?xf32>)
func.func @for_loop(%x: tensor<1xf32>, %n: i64) -> tensor<?xf32> {
  %true = arith.constant true
  %r = mt.prim.loop %n, %true, %x : (i64, i1, tensor<1xf32>) -> tensor<?xf32> {
  ^bb0(%i: i64, %v: tensor<?xf32>):
    mt.prim.loop_condition %true, %v : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// -----

// CHECK-LABEL: func.func @while_loop
// CHECK: scf.while
// CHECK: arith.cmpi slt
// CHECK: scf.condition
func.func @while_loop(%n: i64, %c: i1) -> i64 {
  %c1 = arith.constant 1 : i64
  %r = mt.prim.loop %n, %c, %c1 : (i64, i1, i64) -> i64 {
  ^bb0(%i: i64, %v: i64):
    %w = arith.addi %v, %i : i64
    %go = arith.cmpi slt, %w, %n : i64
    mt.prim.loop_condition %go, %w : i64
  }
  return %r : i64
}

// -----

// CHECK-LABEL: func.func @raising_branch
// CHECK: scf.if
// CHECK: cf.assert %{{.*}}, "ValueError: no
// CHECK: tensor.empty
func.func @raising_branch(%c: i1, %x: tensor<?xf32>) -> tensor<?xf32> {
  %m = mt.constant.str "no"
  %e = mt.constant.str "builtins.ValueError"
  %r = mt.prim.if %c -> (tensor<?xf32>) {
    mt.prim.raise %m, %e : !mt.str, !mt.str
    %u = mt.prim.uninitialized : tensor<?xf32>
    mt.prim.yield %u : tensor<?xf32>
  } else {
    mt.prim.yield %x : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}
