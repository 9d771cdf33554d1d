// RUN: mt-opt %s --convert-mt-tensors-to-runtime=last=true --split-input-file --verify-diagnostics
// RUN: mt-opt %s --convert-mt-tensors-to-runtime="last=true raises=true" --split-input-file --verify-diagnostics

func.func @unsupported(%x: !mt.tensor) -> !mt.tensor {
  %one = arith.constant 1 : i64
  // expected-error @+1 {{'aten::_test_serialization_subcmul' has no lowering}}
  %0 = mt.operator "aten::_test_serialization_subcmul"(%x, %x, %one) : (!mt.tensor, !mt.tensor, i64) -> !mt.tensor
  return %0 : !mt.tensor
}

// -----

func.func @view(%x: !mt.tensor) -> !mt.tensor {
  mt.operator "aten::detach_"(%x) : (!mt.tensor) -> !mt.tensor
  // expected-error @+1 {{'aten::lift_fresh' has no form on tensor objects: it may give a view}}
  %0 = mt.operator "aten::lift_fresh"(%x) : (!mt.tensor) -> !mt.tensor
  return %0 : !mt.tensor
}
