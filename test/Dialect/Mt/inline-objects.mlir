// RUN: mt-opt %s --mt-inline-objects | FileCheck %s

// Two instances of one class keep their own weights; an attribute that is
// written becomes state.

mt.class @Scale {
  mt.attr @by : f64
  mt.method @forward = @Scale.forward
}
mt.class @Net {
  mt.attr @first : !mt.object<@Scale>
  mt.attr @second : !mt.object<@Scale>
  mt.attr @calls : i64
  mt.method @forward = @Net.forward
}
mt.object @net.first : @Scale {by = 2.0 : f64}
mt.object @net.second : @Scale {by = 3.0 : f64}
mt.object root @net : @Net {first = @net.first, second = @net.second, calls = 7 : i64}

func.func private @Scale.forward(%self: !mt.object<@Scale>, %x: !mt.tensor) -> !mt.tensor {
  %by = mt.prim.get_attr %self["by"] : !mt.object<@Scale> -> f64
  %y = mt.aten.mul.Scalar %x, %by : (!mt.tensor, f64) -> !mt.tensor
  return %y : !mt.tensor
}

// CHECK-NOT: mt.class
// CHECK-NOT: mt.object
// CHECK: func.func @forward(%[[X:.*]]: !mt.tensor {mt.name = "x"}, %[[CALLS:.*]]: i64) -> (!mt.tensor, i64)
// CHECK-SAME: mt.state = [{path = "calls", value = 7 : i64}]
// CHECK-DAG: %[[TWO:.*]] = arith.constant 2.000000e+00 : f64
// CHECK-DAG: %[[THREE:.*]] = arith.constant 3.000000e+00 : f64
// CHECK: %[[Y:.*]] = mt.aten.mul.Scalar %[[X]], %[[TWO]]
// CHECK: %[[Z:.*]] = mt.aten.mul.Scalar %[[Y]], %[[THREE]]
// CHECK: %[[NEXT:.*]] = mt.prim.if
// CHECK:   %[[MORE:.*]] = arith.addi %[[CALLS]]
// CHECK:   mt.prim.yield %[[MORE]]
// CHECK:   mt.prim.yield %[[CALLS]]
// CHECK: return %[[Z]], %[[NEXT]]
func.func private @Net.forward(%self: !mt.object<@Net>, %x: !mt.tensor {mt.name = "x"}) -> !mt.tensor {
  %first = mt.prim.get_attr %self["first"] : !mt.object<@Net> -> !mt.object<@Scale>
  %y = mt.prim.call_method %first["forward"](%x) : !mt.object<@Scale>, (!mt.tensor) -> !mt.tensor
  %second = mt.prim.get_attr %self["second"] : !mt.object<@Net> -> !mt.object<@Scale>
  %z = mt.prim.call_method %second["forward"](%y) : !mt.object<@Scale>, (!mt.tensor) -> !mt.tensor
  %c = mt.aten.Bool.Tensor %z : (!mt.tensor) -> i1
  mt.prim.if %c {
    %n = mt.prim.get_attr %self["calls"] : !mt.object<@Net> -> i64
    %c1 = arith.constant 1 : i64
    %m = arith.addi %n, %c1 : i64
    mt.prim.set_attr %self["calls"], %m : !mt.object<@Net>, i64
    mt.prim.yield
  } else {
    mt.prim.yield
  }
  return %z : !mt.tensor
}
