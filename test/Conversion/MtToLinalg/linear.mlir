// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize --split-input-file | FileCheck %s

// The weight is used as it lies, [n, k]; the bias is an operation of its own.
// CHECK-DAG: #[[$X:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// CHECK-DAG: #[[$W:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d3)>
// CHECK-DAG: #[[$Y:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
// CHECK-LABEL: @linear
// CHECK: linalg.generic {indexing_maps = [#[[$X]], #[[$W]], #[[$Y]]], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK: linalg.generic
// CHECK: arith.addf
func.func @linear(%x: tensor<?x5x20xf32>, %w: tensor<30x20xf32>, %b: tensor<30xf32>) -> tensor<?x5x30xf32> {
  %0 = mt.aten.linear %x, %w, %b : (tensor<?x5x20xf32>, tensor<30x20xf32>, tensor<30xf32>) -> tensor<?x5x30xf32>
  return %0 : tensor<?x5x30xf32>
}

// -----

// Sizes known only at run time are checked.
// CHECK-LABEL: @inner_size
// CHECK: cf.assert %{{.*}}, "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x{} and 3x4)\0A  at {{.*}}linear.mlir:
func.func @inner_size(%x: tensor<2x?xf32>, %y: tensor<3x4xf32>) -> tensor<2x4xf32> {
  %0 = mt.aten.mm %x, %y : (tensor<2x?xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// A batch of size 1 broadcasts by leaving the dim out.
// CHECK-DAG: #[[$A:.*]] = affine_map<(d0, d1, d2, d3) -> (d1, d3)>
// CHECK-DAG: #[[$B:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>
// CHECK-LABEL: @batches
// CHECK: linalg.generic {indexing_maps = [#[[$A]], #[[$B]], #{{.*}}]
func.func @batches(%x: tensor<1x2x3xf32>, %y: tensor<7x3x4xf32>) -> tensor<7x2x4xf32> {
  %0 = mt.aten.matmul %x, %y : (tensor<1x2x3xf32>, tensor<7x3x4xf32>) -> tensor<7x2x4xf32>
  return %0 : tensor<7x2x4xf32>
}
