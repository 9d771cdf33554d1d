// RUN: mt-opt %s --split-input-file --mt-inline-objects | FileCheck %s

// The attributes of an object that a branch makes are values of that branch.

mt.class @Box {
  mt.attr @n : i64
}
mt.class @Net {
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {}

// CHECK-LABEL: func.func @forward
// CHECK: mt.prim.if
// CHECK-NEXT: mt.prim.uninitialized
// CHECK-NEXT: arith.addi %{{.*}}, %[[N:.*]] : i64
func.func private @Net.forward(%self: !mt.object<@Net>, %c: i1, %n: i64) -> i64 {
  %r = mt.prim.if %c -> (i64) {
    %box = mt.prim.create_object : !mt.object<@Box>
    mt.prim.set_attr %box["n"], %n : !mt.object<@Box>, i64
    %m = mt.prim.get_attr %box["n"] : !mt.object<@Box> -> i64
    %s = arith.addi %m, %n : i64
    mt.prim.yield %s : i64
  } else {
    mt.prim.yield %n : i64
  }
  return %r : i64
}

// -----

// A block of autocast that is off, is as if it were not there; its methods are
// not called.

mt.class @torch.amp.autocast_mode.autocast {
  mt.attr @_enabled : i1
  mt.method @__enter__ = @enter
  mt.method @__exit__ = @exit
}
mt.class @Net {
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {}
func.func private @enter(!mt.object<@torch.amp.autocast_mode.autocast>) -> !mt.object<@torch.amp.autocast_mode.autocast>
func.func private @exit(!mt.object<@torch.amp.autocast_mode.autocast>)

// CHECK-LABEL: func.func @forward
// CHECK-NOT: call
// CHECK: mt.aten.neg
// CHECK-NOT: call
// CHECK: return
func.func private @Net.forward(%self: !mt.object<@Net>, %x: !mt.tensor) -> !mt.tensor {
  %false = arith.constant false
  %o = mt.prim.create_object : !mt.object<@torch.amp.autocast_mode.autocast>
  mt.prim.set_attr %o["_enabled"], %false : !mt.object<@torch.amp.autocast_mode.autocast>, i1
  %e = mt.prim.call_method %o["__enter__"]() {mt.enter} : !mt.object<@torch.amp.autocast_mode.autocast>, () -> !mt.object<@torch.amp.autocast_mode.autocast>
  %y = mt.aten.neg %x : (!mt.tensor) -> !mt.tensor
  mt.prim.call_method %o["__exit__"]() {mt.exit} : !mt.object<@torch.amp.autocast_mode.autocast>, () -> ()
  return %y : !mt.tensor
}

// -----

// An object that is an attribute of another, or came out of a tuple, is no
// object either.

mt.class @Box {
  mt.attr @n : i64
}
mt.class @Outer {
  mt.attr @box : !mt.object<@Box>
}
mt.class @Net {
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {}

// CHECK-LABEL: func.func @forward(
// CHECK-SAME: %[[N:.*]]: i64
// CHECK-NOT: create_object
// CHECK: return %[[N]]
func.func private @Net.forward(%self: !mt.object<@Net>, %n: i64) -> i64 {
  %box = mt.prim.create_object : !mt.object<@Box>
  mt.prim.set_attr %box["n"], %n : !mt.object<@Box>, i64
  %t = mt.prim.tuple_construct %box, %n : (!mt.object<@Box>, i64) -> !mt.tuple<!mt.object<@Box>, i64>
  %a, %b = mt.prim.tuple_unpack %t : (!mt.tuple<!mt.object<@Box>, i64>) -> (!mt.object<@Box>, i64)
  %outer = mt.prim.create_object : !mt.object<@Outer>
  mt.prim.set_attr %outer["box"], %a : !mt.object<@Outer>, !mt.object<@Box>
  %c = mt.prim.get_attr %outer["box"] : !mt.object<@Outer> -> !mt.object<@Box>
  %r = mt.prim.get_attr %c["n"] : !mt.object<@Box> -> i64
  return %r : i64
}
