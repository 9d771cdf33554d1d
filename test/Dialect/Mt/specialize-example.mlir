// RUN: mt-opt %s --mt-specialize="inputs=?1x3xf32,?x?2xf32,2xf32" | FileCheck %s

// A size that may change, and what it is in the example: only where all are
// known.

// CHECK: func.func @forward(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !mt.tensor<[?,3],f32> {mt.example = array<i64: 1, 3>}
// CHECK-SAME: %[[Y:[a-z0-9]+]]: !mt.tensor<[?,?],f32>,
// CHECK-SAME: %[[Z:[a-z0-9]+]]: !mt.tensor<[2],f32>)
func.func @forward(%x: !mt.tensor, %y: !mt.tensor, %z: !mt.tensor) -> !mt.tuple<!mt.tensor, !mt.tensor, !mt.tensor> {
  %r = mt.prim.tuple_construct %x, %y, %z : (!mt.tensor, !mt.tensor, !mt.tensor) -> !mt.tuple<!mt.tensor, !mt.tensor, !mt.tensor>
  return %r : !mt.tuple<!mt.tensor, !mt.tensor, !mt.tensor>
}
