// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize --split-input-file | FileCheck %s

// Sizes that are known to be equal are not compared when the program runs:
// both are of the same tensor, through operators that keep them.

// CHECK-LABEL: @same_source
// CHECK-NOT: cf.assert
// CHECK: return
func.func @same_source(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = mt.aten.relu %x : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %1 = mt.aten.sigmoid %x : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %2 = mt.aten.mul.Tensor %0, %1 : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  return %2 : tensor<?x?xf32>
}

// -----

// Of two tensors they are compared, in every dimension that is not known.

// CHECK-LABEL: @two_sources
// CHECK: cf.assert %{{.*}}, "{{.*}} at non-singleton dimension 1
// CHECK-NOT: cf.assert
// CHECK: return
func.func @two_sources(%x: tensor<2x?xf32>, %y: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = mt.aten.mul.Tensor %x, %y : (tensor<2x?xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}
