// RUN: mt-opt %s --mt-inline-objects --split-input-file | FileCheck %s

// A variable that a task writes is a field of one object; its last value is
// returned.

mt.class @Net {
  mt.attr @n : i64
  mt.method @bump = @Net.bump
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {n = 1 : i64}
func.func private @Net.bump(%self: !mt.object<@Net>, %k: i64) -> i64 {
  mt.prim.set_attr %self["n"], %k : !mt.object<@Net>, i64
  return %k : i64
}
func.func private @task(%self: !mt.object<@Net>, %k: i64) -> i64 {
  %0 = mt.prim.call_method %self["bump"](%k) : !mt.object<@Net>, (i64) -> i64
  return %0 : i64
}
// CHECK-LABEL: func.func @forward
// CHECK-SAME: (%[[K:.*]]: i64, %[[INIT:.*]]: i64)
// CHECK: %[[VARIABLES:.*]] = mt.prim.create_object {mt.fields = 1 : i64, mt.type = "@variables"}
// CHECK: mt.prim.set_attr %[[VARIABLES]]["n"], %[[INIT]] {{.*}}mt.field = 0
// CHECK: mt.fork lazy {
// CHECK:   mt.prim.set_attr %[[VARIABLES]]["n"], %[[K]]
// CHECK: %[[LAST:.*]] = mt.prim.get_attr %[[VARIABLES]]["n"]
// CHECK: return %{{.*}}, %[[LAST]]
func.func private @Net.forward(%self: !mt.object<@Net>, %k: i64) -> i64 {
  %f = mt.operator "prim::awaitable"(%self, %k) {Subgraph = @task} : (!mt.object<@Net>, i64) -> !mt.future<i64>
  %y = mt.operator "prim::awaitable_wait"(%f) : (!mt.future<i64>) -> i64
  return %y : i64
}

// -----

// Where an operator may raise, the runtime does what `__exit__` does; then it
// comes after the block as ever.

mt.class @Says {
  mt.method @__enter__ = @enter
  mt.method @__exit__ = @exit
}
mt.class @Net {
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {}
func.func private @enter(%self: !mt.object<@Says>) {
  return
}
func.func private @exit(%self: !mt.object<@Says>) {
  %bye = mt.constant.str "bye"
  mt.operator "prim::Print"(%bye) : (!mt.str) -> ()
  return
}
// CHECK-LABEL: func.func @forward
// CHECK: mt.begin_with {
// CHECK:   mt.operator "prim::Print"
// CHECK:   mt.task_yield
// CHECK: mt.operator "aten::__getitem__.t"
// CHECK: mt.end_with
// CHECK: mt.operator "prim::Print"
func.func private @Net.forward(%self: !mt.object<@Net>, %l: !mt.list<i64>, %i: i64) -> i64 {
  %o = mt.prim.create_object : !mt.object<@Says>
  mt.prim.call_method %o["__enter__"]() {mt.enter} : !mt.object<@Says>, () -> ()
  %r = mt.operator "aten::__getitem__.t"(%l, %i) : (!mt.list<i64>, i64) -> i64
  mt.prim.call_method %o["__exit__"]() {mt.exit} : !mt.object<@Says>, () -> ()
  return %r : i64
}

// -----

// sorted() is a sort of a copy.

mt.class @Row {
  mt.attr @n : i64
  mt.method @__lt__ = @Row.lt
}
mt.class @Net {
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {}
func.func private @Row.lt(%self: !mt.object<@Row>, %other: !mt.object<@Row>) -> i1 {
  %a = mt.prim.get_attr %self["n"] : !mt.object<@Row> -> i64
  %b = mt.prim.get_attr %other["n"] : !mt.object<@Row> -> i64
  %0 = arith.cmpi slt, %a, %b : i64
  return %0 : i1
}
// CHECK-LABEL: func.func @forward
// CHECK: %[[COPY:.*]] = mt.operator "aten::copy.t"(%{{.*}})
// CHECK: mt.sort_by %[[COPY]], %{{.*}} {
// CHECK: ^bb0(%[[A:.*]]: !mt.object<@Row>, %[[B:.*]]: !mt.object<@Row>):
// CHECK:   mt.prim.get_attr %[[A]]["n"] {{.*}}mt.field = 0
// CHECK:   %[[LESS:.*]] = arith.cmpi slt
// CHECK:   mt.task_yield %[[LESS]] : i1
// CHECK: return %[[COPY]]
func.func private @Net.forward(%self: !mt.object<@Net>, %l: !mt.list<!mt.object<@Row>>) -> !mt.list<!mt.object<@Row>> {
  %0 = mt.operator "aten::sorted.any"(%l) : (!mt.list<!mt.object<@Row>>) -> !mt.list<!mt.object<@Row>>
  return %0 : !mt.list<!mt.object<@Row>>
}

// -----

// An attribute that gets other objects is state, and its objects are values:
// what they consist of goes along.

mt.class @Store {
  mt.attr @n : i64
}
mt.class @Net {
  mt.attr @store : !mt.object<@Store>
  mt.method @forward = @Net.forward
  mt.method @renew = @Net.renew
}
mt.object @net.store : @Store {n = 5 : i64}
mt.object root @net : @Net {store = @net.store}
func.func private @Net.renew(%self: !mt.object<@Net>, %other: !mt.object<@Store>) {
  mt.prim.set_attr %self["store"], %other : !mt.object<@Net>, !mt.object<@Store>
  return
}
// CHECK-LABEL: func.func @forward
// CHECK-SAME: (%[[STORE:.*]]: !mt.object<@Store>)
// CHECK-SAME: mt.classes = {Store = {{\[\[}}"n", "int"]]}
// CHECK-SAME: mt.state = [{path = "store", value = @net.store}]
// CHECK: %[[N:.*]] = mt.prim.get_attr %[[STORE]]["n"]
// CHECK: return %[[N]], %[[STORE]]
func.func private @Net.forward(%self: !mt.object<@Net>) -> i64 {
  %s = mt.prim.get_attr %self["store"] : !mt.object<@Net> -> !mt.object<@Store>
  %n = mt.prim.get_attr %s["n"] : !mt.object<@Store> -> i64
  return %n : i64
}
