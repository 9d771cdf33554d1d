// RUN: mt-opt %s --mt-inline-objects | FileCheck %s

// What only computes what nobody uses goes away, also branches and loops, and
// what would raise. What prints, writes or calls stays, with what it needs.

// CHECK-LABEL: func.func @forward
// CHECK: mt.operator "aten::__getitem__.t"
// CHECK-NOT: aten::__getitem__.t
// CHECK: "prim::Print"
// CHECK: %[[LIST:.*]] = mt.prim.list_construct
// CHECK: mt.operator "aten::__getitem__.t"(%[[LIST]]
// CHECK: aten::append
// CHECK: return
mt.class @Model {
  mt.method @forward = @Model.forward
}
mt.object root @model : @Model {}
func.func private @Model.number(%self: !mt.object<@Model>, %items: !mt.list<i64>, %n: i64) -> i64 {
  %item = mt.operator "aten::__getitem__.t"(%items, %n) : (!mt.list<i64>, i64) -> i64
  return %item : i64
}
func.func private @Model.forward(%self: !mt.object<@Model>, %items: !mt.list<i64>, %n: i64) -> i64 {
  %true = arith.constant true
  %called = func.call @Model.number(%self, %items, %n) : (!mt.object<@Model>, !mt.list<i64>, i64) -> i64
  %0 = mt.operator "aten::__getitem__.t"(%items, %n) : (!mt.list<i64>, i64) -> i64
  mt.prim.if %true {
    %1 = mt.operator "aten::__getitem__.t"(%items, %0) : (!mt.list<i64>, i64) -> i64
    mt.prim.loop %1, %true : (i64, i1) -> () {
    ^bb0(%i: i64):
      %2 = mt.prim.list_construct %i : (i64) -> !mt.list<i64>
      mt.prim.loop_condition %true
    }
    mt.prim.yield
  } else {
    mt.prim.yield
  }
  mt.operator "prim::Print"(%n) : (i64) -> ()
  %kept = mt.prim.list_construct %n : (i64) -> !mt.list<i64>
  %3 = mt.operator "aten::__getitem__.t"(%kept, %n) : (!mt.list<i64>, i64) -> i64
  %4 = mt.operator "aten::append.t"(%items, %3) : (!mt.list<i64>, i64) -> !mt.list<i64>
  return %n : i64
}
