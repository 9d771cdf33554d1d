// RUN: mt-opt %s --convert-mt-to-linalg --split-input-file | FileCheck %s

// One formula for every dtype: signs, bools and complex numbers as PyTorch has
// them.

// CHECK-LABEL: @unsigned
// CHECK: linalg.generic
// CHECK: arith.maxui
func.func @unsigned(%x: tensor<4xui8>, %y: tensor<4xui8>) -> tensor<4xui8> {
  %0 = mt.aten.maximum %x, %y : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %0 : tensor<4xui8>
}

// -----

// CHECK-LABEL: @signed
// CHECK: linalg.generic
// CHECK: arith.maxsi
func.func @signed(%x: tensor<4xi8>, %y: tensor<4xi8>) -> tensor<4xi8> {
  %0 = mt.aten.maximum %x, %y : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}

// -----

// NaN wherever an operand is NaN.
// CHECK-LABEL: @float
// CHECK: linalg.generic
// CHECK: arith.maximumf
func.func @float(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = mt.aten.maximum %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// CHECK-LABEL: @complex
// CHECK: linalg.generic
// CHECK: complex.
func.func @complex(%x: tensor<4xcomplex<f32>>, %y: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
  %0 = mt.aten.mul.Tensor %x, %y : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  return %0 : tensor<4xcomplex<f32>>
}
