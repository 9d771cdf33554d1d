// RUN: mt-opt %s --split-input-file --mt-inline-objects | FileCheck %s

// Objects that cannot be told apart when compiling are left for the run time:
// accesses say which field they are to.

mt.class @Box {
  mt.attr @m : i64
  mt.attr @n : i64
}
mt.class @Net {
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {}

// CHECK-LABEL: func.func @forward
// CHECK: %[[BOX:.*]] = mt.prim.create_object {mt.fields = 2 : i64, mt.type = "Box"}
// CHECK: mt.prim.set_attr %[[BOX]]["n"], %{{.*}} {mt.class = "Box", mt.field = 1 : i64}
// CHECK: mt.prim.get_attr %{{.*}}["n"] {mt.class = "Box", mt.field = 1 : i64}
func.func private @Net.forward(%self: !mt.object<@Net>, %n: i64) -> i64 {
  %box = mt.prim.create_object : !mt.object<@Box>
  mt.prim.set_attr %box["n"], %n : !mt.object<@Box>, i64
  %l = mt.prim.list_construct %box : (!mt.object<@Box>) -> !mt.list<!mt.object<@Box>>
  %c = mt.operator "aten::__getitem__.t"(%l, %n) : (!mt.list<!mt.object<@Box>>, i64) -> !mt.object<@Box>
  %r = mt.prim.get_attr %c["n"] : !mt.object<@Box> -> i64
  return %r : i64
}

// -----

// A method of an interface: by the class of the object, in the end an error.

mt.class interface @Shape {
  mt.method @sides = @Shape.sides
}
func.func private @Shape.sides(!mt.object<@Shape>) -> i64
mt.class @Square {
  mt.method @sides = @four
}
mt.class @Triangle {
  mt.method @sides = @three
}
mt.class @Other {
}
mt.class @Net {
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {}
func.func private @three(%self: !mt.object<@Triangle>) -> i64 {
  %c3 = arith.constant 3 : i64
  return %c3 : i64
}
func.func private @four(%self: !mt.object<@Square>) -> i64 {
  %c4 = arith.constant 4 : i64
  return %c4 : i64
}

// CHECK-LABEL: func.func @forward
// CHECK: %[[SHAPE:.*]] = mt.operator "aten::__getitem__.t"
// CHECK: %[[IS:.*]] = mt.operator "prim::is_class"(%[[SHAPE]]) {type = "Square"}
// CHECK: mt.prim.if %[[IS]]
// CHECK-NEXT: arith.constant 4
// CHECK: %[[IS:.*]] = mt.operator "prim::is_class"(%[[SHAPE]]) {type = "Triangle"}
// CHECK: mt.prim.if %[[IS]]
// CHECK-NEXT: arith.constant 3
// CHECK: mt.prim.raise
func.func private @Net.forward(%self: !mt.object<@Net>, %n: i64) -> i64 {
  %a = mt.prim.create_object : !mt.object<@Square>
  %b = mt.prim.create_object : !mt.object<@Triangle>
  %o = mt.prim.create_object : !mt.object<@Other>
  %l = mt.prim.list_construct %a, %b : (!mt.object<@Square>, !mt.object<@Triangle>) -> !mt.list<!mt.object<@Shape>>
  %s = mt.operator "aten::__getitem__.t"(%l, %n) : (!mt.list<!mt.object<@Shape>>, i64) -> !mt.object<@Shape>
  %r = mt.prim.call_method %s["sides"]() : !mt.object<@Shape>, () -> i64
  return %r : i64
}

// -----

// A module of a list: by its position, each with its own attributes.

mt.class interface @Layer {
  mt.method @forward = @Layer.forward
}
func.func private @Layer.forward(!mt.object<@Layer>) -> i64
mt.class @Times {
  mt.attr @n : i64
  mt.method @forward = @Times.forward
}
mt.class @List {
  mt.attr @"0" : !mt.object<@Times>
  mt.attr @"1" : !mt.object<@Times>
}
mt.class @Net {
  mt.attr @list : !mt.object<@List>
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {list = @net.list}
mt.object @net.list : @List {"0" = @net.list.0, "1" = @net.list.1}
mt.object @net.list.0 : @Times {n = 5 : i64}
mt.object @net.list.1 : @Times {n = 7 : i64}
func.func private @Times.forward(%self: !mt.object<@Times>) -> i64 {
  %n = mt.prim.get_attr %self["n"] : !mt.object<@Times> -> i64
  return %n : i64
}

// CHECK-LABEL: func.func @forward(
// CHECK-SAME: %[[I:.*]]: i64)
// CHECK-DAG: %[[FIVE:.*]] = arith.constant 5 : i64
// CHECK-DAG: %[[SEVEN:.*]] = arith.constant 7 : i64
// CHECK: arith.cmpi eq, %[[I]]
// CHECK: %[[POSITION:.*]] = mt.prim.if
// CHECK: mt.prim.raise
// CHECK: %[[FIRST:.*]] = arith.cmpi eq, %[[POSITION]]
// CHECK: %[[R:.*]] = mt.prim.if %[[FIRST]]
// CHECK-NEXT: mt.prim.yield %[[FIVE]]
// CHECK: mt.prim.yield %[[SEVEN]]
// CHECK: return %[[R]]
func.func private @Net.forward(%self: !mt.object<@Net>, %i: i64) -> i64 {
  %list = mt.prim.get_attr %self["list"] : !mt.object<@Net> -> !mt.object<@List>
  %layer = mt.operator "prim::ModuleContainerIndex.list"(%list, %i) : (!mt.object<@List>, i64) -> !mt.object<@Layer>
  %r = mt.prim.call_method %layer["forward"]() : !mt.object<@Layer>, () -> i64
  return %r : i64
}

// -----

// `__exit__` runs in front of a raise in the block.

mt.class @Says {
  mt.method @__enter__ = @enter
  mt.method @__exit__ = @exit
}
mt.class @Net {
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {}
func.func private @enter(%self: !mt.object<@Says>) -> i64 {
  %c1 = arith.constant 1 : i64
  return %c1 : i64
}
func.func private @exit(%self: !mt.object<@Says>, %a: !mt.none) {
  %bye = mt.constant.str "bye"
  mt.operator "prim::Print"(%bye) : (!mt.str) -> ()
  return
}

// CHECK-LABEL: func.func @forward
// CHECK: mt.prim.if
// CHECK-NEXT: mt.constant.str "bye"
// CHECK-NEXT: prim::Print
// CHECK-NEXT: mt.prim.raise
// CHECK: mt.constant.str "bye"
// CHECK-NEXT: prim::Print
// CHECK-NEXT: return
func.func private @Net.forward(%self: !mt.object<@Net>, %c: i1) {
  %text = mt.constant.str "text"
  %o = mt.prim.create_object : !mt.object<@Says>
  %e = mt.prim.call_method %o["__enter__"]() {mt.enter} : !mt.object<@Says>, () -> i64
  mt.prim.if %c {
    mt.prim.raise %text, %text : !mt.str, !mt.str
    mt.prim.yield
  } else {
    mt.prim.yield
  }
  %none = mt.constant.none
  mt.prim.call_method %o["__exit__"](%none) {mt.exit} : !mt.object<@Says>, (!mt.none) -> ()
  return
}
