// RUN: mt-opt %s --mt-fold-constant-reshapes | FileCheck %s

// CHECK-LABEL: func.func @constants(
// CHECK-DAG: %[[A:.*]] = arith.constant dense_resource<w> : tensor<2x2xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[{{\[}}1], [2]]> : tensor<2x1xi32>
// CHECK: return %[[A]], %[[B]]
func.func @constants() -> (tensor<2x2xf32>, tensor<2x1xi32>) {
  %w = arith.constant dense_resource<w> : tensor<2x2x1x1xf32>
  %a = tensor.collapse_shape %w [[0], [1, 2, 3]] : tensor<2x2x1x1xf32> into tensor<2x2xf32>
  %v = arith.constant dense<[1, 2]> : tensor<2xi32>
  %b = tensor.expand_shape %v [[0, 1]] output_shape [2, 1] : tensor<2xi32> into tensor<2x1xi32>
  return %a, %b : tensor<2x2xf32>, tensor<2x1xi32>
}

// CHECK-LABEL: func.func @argument(
// CHECK: tensor.collapse_shape
func.func @argument(%w: tensor<2x2x1x1xf32>) -> tensor<2x2xf32> {
  %a = tensor.collapse_shape %w [[0], [1, 2, 3]] : tensor<2x2x1x1xf32> into tensor<2x2xf32>
  return %a : tensor<2x2xf32>
}
{-# dialect_resources: { builtin: { w: "0x040000000000803F000000400000404000008040" } } #-}
