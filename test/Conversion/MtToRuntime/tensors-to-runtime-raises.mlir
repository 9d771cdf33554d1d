// RUN: mt-opt %s --convert-mt-tensors-to-runtime="last=true raises=true" | FileCheck %s
// RUN: not mt-opt %s --convert-mt-tensors-to-runtime=last=true

// CHECK-LABEL: func.func @in_a_branch
// CHECK: mt.prim.if
// CHECK: mt.prim.raise
func.func @in_a_branch(%x: !mt.tensor, %c: i1) -> !mt.tensor {
  %one = arith.constant 1 : i64
  %r = mt.prim.if %c -> (!mt.tensor) {
    %0 = mt.operator "aten::_test_serialization_subcmul"(%x, %x, %one) : (!mt.tensor, !mt.tensor, i64) -> !mt.tensor
    mt.prim.yield %0 : !mt.tensor
  } else {
    mt.prim.yield %x : !mt.tensor
  }
  return %r : !mt.tensor
}
