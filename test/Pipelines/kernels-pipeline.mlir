// RUN: mt-opt %s --mt-linalg-to-kernels-pipeline="vector-bits=512" | FileCheck %s
// RUN: mt-opt %s --mt-cpu-pipeline -o %t.whole
// RUN: mt-opt %s --mt-linalg-to-kernels-pipeline | mt-opt --mt-kernels-to-cpu-pipeline -o %t.halves
// RUN: diff %t.whole %t.halves

// Two convolutions and what is between them: the image is transposed where it
// comes in and where it goes out, and a product of matrices has its weights
// packed.
// CHECK-LABEL: func.func @network(
// CHECK: mt.launch @[[IN:pointwise_[0-9]+]]::
// CHECK: tensor.pad
// CHECK: mt.launch @[[FIRST:convolution_[0-9]+]]::
// CHECK: tensor.pad
// CHECK: mt.launch @[[SECOND:convolution_[0-9]+]]::
// CHECK: mt.launch @[[OUT:pointwise_[0-9]+]]::
// CHECK-NOT: mt.launch
// CHECK: module @[[FIRST]]
// CHECK: func.func @[[FIRST]]({{.*}} #mt.kernel<convolution, ops = ["mulf", "addf", "maximumf"]
func.func @network(%x: tensor<1x16x28x28xf32>, %v: tensor<16x16x3x3xf32>, %w: tensor<32x16x3x3xf32>) -> tensor<1x32x28x28xf32> {
  %zero = arith.constant 0.0 : f32
  %px = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x16x28x28xf32> to tensor<1x16x30x30xf32>
  %e = tensor.empty() : tensor<1x16x28x28xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x28x28xf32>) -> tensor<1x16x28x28xf32>
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%px, %v : tensor<1x16x30x30xf32>, tensor<16x16x3x3xf32>) outs(%f : tensor<1x16x28x28xf32>) -> tensor<1x16x28x28xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, c, h, w)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%0 : tensor<1x16x28x28xf32>) outs(%e : tensor<1x16x28x28xf32>) {
  ^bb0(%a: f32, %b: f32):
    %r = arith.maximumf %a, %zero : f32
    linalg.yield %r : f32
  } -> tensor<1x16x28x28xf32>
  %p1 = tensor.pad %1 low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x16x28x28xf32> to tensor<1x16x30x30xf32>
  %g = tensor.empty() : tensor<1x32x28x28xf32>
  %h = linalg.fill ins(%zero : f32) outs(%g : tensor<1x32x28x28xf32>) -> tensor<1x32x28x28xf32>
  %2 = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%p1, %w : tensor<1x16x30x30xf32>, tensor<32x16x3x3xf32>) outs(%h : tensor<1x32x28x28xf32>) -> tensor<1x32x28x28xf32>
  return %2 : tensor<1x32x28x28xf32>
}
