// RUN: mt-opt %s --mt-cpu-separate-results | FileCheck %s

// CHECK-LABEL: func.func @twice
// CHECK: scf.for
// CHECK: %[[A:.*]] = linalg.fill
// CHECK: %[[S:.*]] = tensor.extract_slice %[[A]]
// CHECK: %[[B:.*]] = bufferization.alloc_tensor() copy(%[[A]])
// CHECK: %[[C:.*]] = bufferization.alloc_tensor() copy(%[[S]])
// CHECK: scf.yield %[[A]], %[[B]], %[[C]]
func.func @twice(%x: tensor<4xf32>, %y: tensor<4xf32>, %z: tensor<2xf32>, %n: index) -> (tensor<4xf32>, tensor<4xf32>, tensor<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 1.0 : f32
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y, %c = %z) -> (tensor<4xf32>, tensor<4xf32>, tensor<2xf32>) {
    %new = linalg.fill ins(%f : f32) outs(%a : tensor<4xf32>) -> tensor<4xf32>
    %part = tensor.extract_slice %new[0] [2] [1] : tensor<4xf32> to tensor<2xf32>
    scf.yield %new, %new, %part : tensor<4xf32>, tensor<4xf32>, tensor<2xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<4xf32>, tensor<4xf32>, tensor<2xf32>
}

// Two tensors are left alone.

// CHECK-LABEL: func.func @once
// CHECK-NOT: alloc_tensor
func.func @once(%x: tensor<4xf32>, %y: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y) -> (tensor<4xf32>, tensor<4xf32>) {
    scf.yield %b, %a : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}
