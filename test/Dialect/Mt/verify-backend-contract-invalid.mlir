// RUN: mt-opt %s --verify-diagnostics --mt-verify-backend-contract

// Everything is reported in one run.

func.func @f(%x: !mt.tensor, %y: tensor<2xf32>) {
  // expected-error@+1 {{'aten::relu': the rank of the result is not known when the program is compiled}}
  %0 = mt.aten.relu %x : (!mt.tensor) -> !mt.tensor
  // expected-error@+1 {{'aten::relu_' writes to a tensor and has no form as a value}}
  %1 = mt.operator "aten::relu_"(%y) : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// What follows from an operator that is reported is not reported again; a second
// operator without a lowering is.

func.func @consequences(%x: tensor<2x2xf32>) -> !mt.tensor {
  // expected-error@+1 {{'aten::linalg_pinv': the rank of the result is not known when the program is compiled}}
  %0 = mt.operator "aten::linalg_pinv"(%x) : (tensor<2x2xf32>) -> !mt.tensor
  %1 = mt.aten.relu %0 : (!mt.tensor) -> !mt.tensor
  // expected-error@+1 {{'aten::linalg_matrix_exp': the rank of the result is not known when the program is compiled}}
  %2 = mt.operator "aten::linalg_matrix_exp"(%1) : (!mt.tensor) -> !mt.tensor
  return %2 : !mt.tensor
}

func.func @returned(%x: !mt.tensor) -> !mt.tensor {
  // expected-error@+1 {{returns a tensor whose rank or dtype is not known when the program is compiled}}
  return %x : !mt.tensor
}
