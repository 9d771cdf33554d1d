// RUN: mt-opt %s --mt-cpu-tile-and-fuse="vector-bits=512 registers=32" | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#bias = affine_map<(m, n) -> (n)>

// The panel's copy, initialization, contraction and epilogue are in the loop
// over panels.
// CHECK-LABEL: func.func @linear
// CHECK: scf.for
// CHECK: %[[PANEL:.*]] = bufferization.alloc_tensor() : tensor<48x32xf32>
// CHECK: bufferization.materialize_in_destination %{{.*}} in %[[PANEL]]
// CHECK: %[[ZERO:.*]] = linalg.fill {{.*}} -> tensor<64x32xf32>
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} outs(%[[ZERO]] : tensor<64x32xf32>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<32xf32>) outs(%[[SUM]] : tensor<64x32xf32>)
// CHECK: math.tanh
func.func @linear(%x: tensor<64x48xf32>, %w: tensor<48x96xf32>, %v: tensor<96xf32>) -> tensor<64x96xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %ew = tensor.empty() : tensor<48x96xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<48x96xf32>) outs(%ew : tensor<48x96xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  } -> tensor<48x96xf32>
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %p : tensor<64x48xf32>, tensor<48x96xf32>) outs(%f : tensor<64x96xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %c, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<64x96xf32>
  %3 = linalg.generic {indexing_maps = [#id, #bias, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0, %v : tensor<64x96xf32>, tensor<96xf32>) outs(%e : tensor<64x96xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %4 = arith.addf %a, %b : f32
    %5 = math.tanh %4 : f32
    linalg.yield %5 : f32
  } -> tensor<64x96xf32>
  return %3 : tensor<64x96xf32>
}

#x = affine_map<(h, w, f, p, q, c) -> (h + p, w + q, c)>
#w = affine_map<(h, w, f, p, q, c) -> (f floordiv 32, p, q, c, f mod 32)>
#y = affine_map<(h, w, f, p, q, c) -> (h, w, f)>

// Blocks of image rows outside, so that a block stays in the cache while the
// panels pass by.
// CHECK-LABEL: func.func @convolution
// CHECK: scf.forall (%{{.*}}, %{{.*}}) = (0, 0) to (56, 64) step (9, 32)
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<?x58x64xf32>,
func.func @convolution(%x: tensor<58x58x64xf32>, %w: tensor<2x3x3x64x32xf32>, %e: tensor<56x56x64xf32>) -> tensor<56x56x64xf32> {
  %zero = arith.constant 0.0 : f32
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<56x56x64xf32>) -> tensor<56x56x64xf32>
  %0 = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<58x58x64xf32>, tensor<2x3x3x64x32xf32>) outs(%f : tensor<56x56x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %c, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<56x56x64xf32>
  return %0 : tensor<56x56x64xf32>
}

#dx = affine_map<(h, w, c, p, q) -> (h + p, w + q, c)>
#dw = affine_map<(h, w, c, p, q) -> (p, q, c)>
#dy = affine_map<(h, w, c, p, q) -> (h, w, c)>
#d3 = affine_map<(h, w, c) -> (h, w, c)>

// A depthwise convolution and its epilogue, some rows at a time.
// CHECK-LABEL: func.func @depthwise
// CHECK: scf.forall (%{{.*}}) = (0) to (56) step (2)
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} ["parallel", "parallel", "parallel", "reduction", "reduction"]}
// CHECK: arith.maximumf
// CHECK: scf.forall.in_parallel
func.func @depthwise(%x: tensor<58x58x144xf32>, %w: tensor<3x3x144xf32>, %e: tensor<56x56x144xf32>) -> tensor<56x56x144xf32> {
  %zero = arith.constant 0.0 : f32
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<56x56x144xf32>) -> tensor<56x56x144xf32>
  %0 = linalg.generic {indexing_maps = [#dx, #dw, #dy], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<58x58x144xf32>, tensor<3x3x144xf32>) outs(%f : tensor<56x56x144xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %c, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<56x56x144xf32>
  %3 = linalg.generic {indexing_maps = [#d3, #d3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%0 : tensor<56x56x144xf32>) outs(%e : tensor<56x56x144xf32>) {
  ^bb0(%a: f32, %b: f32):
    %4 = arith.maximumf %a, %zero : f32
    linalg.yield %4 : f32
  } -> tensor<56x56x144xf32>
  return %3 : tensor<56x56x144xf32>
}
