// RUN: mt-opt %s --mt-infer-types | FileCheck %s

// Only the length is asked of a string that branches choose, so that they
// choose the length.

// CHECK-LABEL: func.func @length
// CHECK-SAME: (%[[A:.*]]: i1, %[[B:.*]]: i1)
func.func @length(%a: i1, %b: i1) -> (i64, i64) {
  %empty = mt.constant.str ""
  %reason = mt.constant.str "reason"
  // CHECK: %[[FIRST:.*]] = mt.prim.if %[[A]] -> (i64)
  // CHECK: arith.constant 6 : i64
  // CHECK: arith.constant 0 : i64
  %first = mt.prim.if %a -> (!mt.str) {
    mt.prim.yield %reason : !mt.str
  } else {
    mt.prim.yield %empty : !mt.str
  }
  // CHECK: %[[SECOND:.*]] = mt.prim.if %[[B]] -> (i64)
  // CHECK: arith.constant 6 : i64
  // CHECK: mt.prim.yield %[[FIRST]] : i64
  %second = mt.prim.if %b -> (!mt.str) {
    mt.prim.yield %reason : !mt.str
  } else {
    mt.prim.yield %first : !mt.str
  }
  // CHECK: return %[[FIRST]], %[[SECOND]] : i64, i64
  %m = mt.operator "aten::len.str"(%first) : (!mt.str) -> i64
  %n = mt.operator "aten::len.str"(%second) : (!mt.str) -> i64
  return %m, %n : i64, i64
}
