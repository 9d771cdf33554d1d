// RUN: mt-opt %s --convert-mt-to-llvm --split-input-file | FileCheck %s

// Boxed values in signatures, calls, scf and cf.

// CHECK-LABEL: func.func private @callee(!llvm.ptr, !llvm.ptr, i64, i64, i64, i64, i64) -> !llvm.ptr
// CHECK-NOT: mt.
func.func private @callee(!mt.str, !mt.optional<!mt.list<i64>>, !mt.any, !mt.none, !mt.optional<f64>, !mt.device) -> !mt.str
    attributes {mt.no_raise, mt.takes = array<i64: 0>}

// CHECK-LABEL: func.func @calls
// CHECK-SAME: (%[[S:.*]]: !llvm.ptr, %[[L:.*]]: !llvm.ptr, %[[T:.*]]: i64, %[[B:.*]]: i64, %[[FT:.*]]: i64, %[[FB:.*]]: i64, %[[D:.*]]: i64)
// CHECK-SAME: -> (!llvm.ptr, i64, i64)
// CHECK: %[[R:.*]] = call @callee(%[[S]], %[[L]], %[[T]], %[[B]], %[[FT]], %[[FB]], %[[D]])
// CHECK: return %[[R]], %[[T]], %[[B]]
func.func @calls(%s: !mt.str, %l: !mt.optional<!mt.list<i64>>, %a: !mt.any, %f: !mt.optional<f64>, %d: !mt.device) -> (!mt.str, !mt.any, !mt.none) {
  %none = mt.constant.none
  %r = call @callee(%s, %l, %a, %none, %f, %d) : (!mt.str, !mt.optional<!mt.list<i64>>, !mt.any, !mt.none, !mt.optional<f64>, !mt.device) -> !mt.str
  return %r, %a, %none : !mt.str, !mt.any, !mt.none
}

// CHECK-LABEL: func.func @structured
// CHECK: scf.for {{.*}} -> (i64, i64, !llvm.ptr)
// CHECK: scf.if {{.*}} -> (i64, i64)
// CHECK: scf.index_switch {{.*}} -> i64, i64
// CHECK: scf.execute_region -> (i64, i64)
// CHECK: scf.while {{.*}} : (i64, i64) -> (i64, i64)
// CHECK-NOT: mt.any
func.func @structured(%n: index, %a: !mt.any, %b: !mt.any, %s: !mt.str, %c: i1) -> !mt.any {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a, %t = %s) -> (!mt.any, !mt.str) {
    %y = scf.if %c -> !mt.any {
      scf.yield %b : !mt.any
    } else {
      scf.yield %x : !mt.any
    }
    scf.yield %y, %t : !mt.any, !mt.str
  }
  %q = scf.index_switch %n -> !mt.any
  case 0 {
    scf.yield %r#0 : !mt.any
  }
  default {
    %e = scf.execute_region -> !mt.any {
      scf.yield %b : !mt.any
    }
    scf.yield %e : !mt.any
  }
  %w = scf.while (%x = %q) : (!mt.any) -> !mt.any {
    scf.condition(%c) %x : !mt.any
  } do {
  ^bb0(%x: !mt.any):
    scf.yield %x : !mt.any
  }
  return %w : !mt.any
}

// CHECK-LABEL: func.func @branches
// CHECK: cf.cond_br %{{.*}}, ^bb1(%{{.*}}, %{{.*}} : i64, i64), ^bb2
// CHECK: ^bb1(%[[T:.*]]: i64, %[[B:.*]]: i64):
// CHECK-NEXT: return %[[T]], %[[B]]
func.func @branches(%c: i1, %a: !mt.any, %b: !mt.any) -> !mt.any {
  cf.cond_br %c, ^one(%a : !mt.any), ^two
^one(%x: !mt.any):
  return %x : !mt.any
^two:
  return %b : !mt.any
}

// CHECK-LABEL: func.func @select
// CHECK-COUNT-2: arith.select {{.*}} : i64
func.func @select(%c: i1, %a: !mt.any, %b: !mt.any) -> !mt.any {
  %r = arith.select %c, %a, %b : !mt.any
  return %r : !mt.any
}

// What is never read is null, 0 and tag None.
// CHECK-LABEL: func.func @unset
// CHECK: llvm.mlir.zero : !llvm.ptr
// CHECK-COUNT-4: llvm.mlir.zero : i64
func.func @unset() -> (!mt.str, !mt.any, !mt.any) {
  %s = mt.prim.uninitialized : !mt.str
  %a = mt.prim.uninitialized : !mt.any
  %p = ub.poison : !mt.any
  return %s, %a, %p : !mt.str, !mt.any, !mt.any
}

// CHECK-LABEL: func.func @casts
// CHECK-SAME: (%[[S:.*]]: !llvm.ptr, %{{.*}}: i64, %[[A:.*]]: i64, %{{.*}}: i64, %[[F:.*]]: i64, %{{.*}}: i64, %[[B:.*]]: i64)
// CHECK-DAG: %[[P:.*]] = llvm.inttoptr %[[A]]
// CHECK-DAG: %[[X:.*]] = llvm.bitcast %[[F]] : i64 to f64
// CHECK-DAG: %[[Y:.*]] = llvm.trunc %[[B]] : i64 to i1
// CHECK: return %[[S]], %[[P]], %[[X]], %[[Y]]
func.func @casts(%s: !mt.optional<!mt.str>, %a: !mt.any, %f: !mt.optional<f64>, %b: !mt.union<i1, !mt.str>) -> (!mt.str, !mt.list<i64>, f64, i1) {
  %0 = mt.prim.unchecked_cast %s : !mt.optional<!mt.str> -> !mt.str
  %1 = mt.prim.unchecked_cast %a : !mt.any -> !mt.list<i64>
  %2 = mt.prim.unchecked_cast %f : !mt.optional<f64> -> f64
  %3 = mt.prim.unchecked_cast %b : !mt.union<i1, !mt.str> -> i1
  return %0, %1, %2, %3 : !mt.str, !mt.list<i64>, f64, i1
}
