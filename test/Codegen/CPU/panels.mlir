// RUN: mt-opt %s --mt-cpu-pipeline="vector-bits=512 registers=32" --mlir-print-ir-after=mt-cpu-outline-kernels -o /dev/null 2>&1 | FileCheck %s

// A panel of B is a buffer until the end: what copies into it is in the loop
// over panels, for sizes that are known and for others, and B is never copied
// as a whole. The program only allocates what each kernel writes.

// CHECK-LABEL: func.func private @contraction_0
// CHECK: %[[PANEL:.*]] = memref.alloc() {{.*}} : memref<48x32xf32>
// CHECK: scf.for
// CHECK: linalg.copy ins(%{{.*}}) outs(%[[PANEL]] : memref<48x32xf32>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[PANEL]] :
func.func @matmul_static(%a: tensor<64x48xf32>, %b: tensor<48x96xf32>) -> tensor<64x96xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<64x48xf32>, tensor<48x96xf32>) outs(%f : tensor<64x96xf32>) -> tensor<64x96xf32>
  return %0 : tensor<64x96xf32>
}

// The last panel may be narrower, but its rows are as far apart.
// CHECK-LABEL: func.func private @contraction_1_part
// CHECK: %[[PANEL:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x32xf32>
// CHECK: scf.for
// CHECK: %[[PART:.*]] = memref.subview %[[PANEL]]
// CHECK: linalg.copy ins(%{{.*}}) outs(%[[PART]] :
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[PART]] :
func.func @matmul_dynamic(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>, %e: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %zero = arith.constant 0.0 : f32
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x?xf32>) -> tensor<?x?xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%f : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// CHECK-LABEL: func.func private @contraction_2
// CHECK: %[[PANEL:.*]] = memref.alloc() {{.*}} : memref<1x48x32xf32>
// CHECK: scf.for
// CHECK: scf.for
// CHECK: linalg.copy {{.*}} outs(%[[PANEL]] :
func.func @batch_matmul(%a: tensor<3x64x48xf32>, %b: tensor<3x48x96xf32>) -> tensor<3x64x96xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x64x96xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<3x64x96xf32>) -> tensor<3x64x96xf32>
  %0 = linalg.batch_matmul ins(%a, %b : tensor<3x64x48xf32>, tensor<3x48x96xf32>) outs(%f : tensor<3x64x96xf32>) -> tensor<3x64x96xf32>
  return %0 : tensor<3x64x96xf32>
}

// Weights that are no constants are packed as windows run: no windows are
// copied.
// CHECK-LABEL: func.func private @convolution_3
// CHECK: %[[PANEL:.*]] = memref.alloc() {{.*}} : memref<3x3x8x32xf32>
// CHECK: %[[PART:.*]] = memref.subview %[[PANEL]]
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : memref<16x8x3x3xf32>) outs(%[[PART]] :
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[PART]] : memref<14x14x8xf32>,
func.func @convolution_one_image(%x: tensor<1x8x14x14xf32>, %w: tensor<16x8x3x3xf32>) -> tensor<1x16x12x12xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x12x12xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x12x12xf32>) -> tensor<1x16x12x12xf32>
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<1x8x14x14xf32>, tensor<16x8x3x3xf32>) outs(%f : tensor<1x16x12x12xf32>) -> tensor<1x16x12x12xf32>
  return %0 : tensor<1x16x12x12xf32>
}

// Blocks of rows outside, panels inside.
// CHECK-LABEL: func.func private @convolution_{{[0-9]*}}_part
// CHECK: %[[PANEL:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<3x3x?x32xf32>
// CHECK: scf.for
// CHECK: %[[PART:.*]] = memref.subview %[[PANEL]]
// CHECK: linalg.generic {{.*}} ins(%{{.*}}) outs(%[[PART]] :
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[PART]] :
func.func @convolution_dynamic(%x: tensor<?x?x?x?xf32>, %w: tensor<?x?x3x3xf32>, %e: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
  %zero = arith.constant 0.0 : f32
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<?x?x?x?xf32>, tensor<?x?x3x3xf32>) outs(%f : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
  return %0 : tensor<?x?x?x?xf32>
}

// One image in groups.
// CHECK-LABEL: func.func private @convolution_{{[0-9]*}}(
// CHECK: %[[PANEL:.*]] = memref.alloc() {{.*}} : memref<1x3x3x4x32xf32>
// CHECK: scf.for
// CHECK: %[[PART:.*]] = memref.subview %[[PANEL]]
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : memref<1x16x4x3x3xf32, {{.*}}) outs(%[[PART]] :
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[PART]] :
func.func @convolution_groups(%x: tensor<1x2x4x14x14xf32>, %w: tensor<2x16x4x3x3xf32>) -> tensor<1x2x16x12x12xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x2x16x12x12xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x16x12x12xf32>) -> tensor<1x2x16x12x12xf32>
  %0 = linalg.conv_2d_ngchw_gfchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<1x2x4x14x14xf32>, tensor<2x16x4x3x3xf32>) outs(%f : tensor<1x2x16x12x12xf32>) -> tensor<1x2x16x12x12xf32>
  return %0 : tensor<1x2x16x12x12xf32>
}

// A 1x1 convolution has the image itself as B.
// CHECK-LABEL: func.func private @contraction_{{[0-9]*}}(
// CHECK: %[[PANEL:.*]] = memref.alloc() {{.*}} : memref<48x32xf32>
// CHECK: scf.for
// CHECK: linalg.copy {{.*}} outs(%[[PANEL]] :
func.func @convolution_pointwise(%x: tensor<1x48x8x8xf32>, %w: tensor<64x48x1x1xf32>) -> tensor<1x64x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x64x8x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x8x8xf32>) -> tensor<1x64x8x8xf32>
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<1x48x8x8xf32>, tensor<64x48x1x1xf32>) outs(%f : tensor<1x64x8x8xf32>) -> tensor<1x64x8x8xf32>
  return %0 : tensor<1x64x8x8xf32>
}
