// RUN: mt-opt %s --mt-inline-objects=boxed | FileCheck %s

// What is written by one name is state by all, with where it lies.

mt.class @Net {
  mt.attr @a : !mt.tensor
  mt.attr @b : !mt.tensor
  mt.attr @c : !mt.tensor
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {a = dense<[0.0, 1.0, 2.0]> : tensor<3xf32>, b = dense<[1.0, 2.0]> : tensor<2xf32>, c = dense<0.0> : tensor<3xf32>} {mt.shared = {
  a = [{tensor = 0, memory = 0, offset = 0, strides = array<i64: 1>, bytes = 12}],
  b = [{tensor = 1, memory = 0, offset = 1, strides = array<i64: 1>, bytes = 12}]}}

// CHECK-LABEL: func.func @forward(
// CHECK-SAME: %[[C:.*]]: !mt.tensor, %[[A:.*]]: !mt.tensor, %[[B:.*]]: !mt.tensor) -> (!mt.tensor, !mt.tensor, !mt.tensor)
// CHECK-SAME: mt.state = [{escapes, path = "a", places = [{bytes = 12 : i64, memory = 0 : i64, offset = 0 : i64, strides = array<i64: 1>, tensor = 0 : i64}]
// CHECK-SAME: {path = "b", places = [{bytes = 12 : i64, memory = 0 : i64, offset = 1 : i64
// CHECK: %[[W:.*]] = mt.operator "aten::add_.Tensor"(%[[A]], %[[C]],
// CHECK: return %[[W]], %[[A]], %[[B]]
func.func private @Net.forward(%self: !mt.object<@Net>, %c: !mt.tensor) -> !mt.tensor {
  %one = arith.constant 1 : i64
  %a = mt.prim.get_attr %self["a"] : !mt.object<@Net> -> !mt.tensor
  %w = mt.operator "aten::add_.Tensor"(%a, %c, %one) : (!mt.tensor, !mt.tensor, i64) -> !mt.tensor
  return %w : !mt.tensor
}
