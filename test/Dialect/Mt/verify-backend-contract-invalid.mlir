// RUN: mt-opt %s --verify-diagnostics --mt-verify-backend-contract

// Everything is reported in one run.

func.func @f(%x: !mt.tensor, %y: tensor<2xf32>) {
  // expected-error@+1 {{'aten::relu': the rank of the result is not known when the program is compiled}}
  %0 = mt.aten.relu %x : (!mt.tensor) -> !mt.tensor
  // expected-error@+1 {{'aten::relu_' writes to a tensor and has no form as a value}}
  %1 = mt.operator "aten::relu_"(%y) : (tensor<2xf32>) -> tensor<2xf32>
  return
}
