// RUN: mt-opt %s --mt-cpu-tile-and-fuse="vector-bits=512 registers=32" | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#bias = affine_map<(m, n) -> (n)>

// Panels outside, rows inside; the panel's copy sits between the loops, and
// initialization, contraction and epilogue are innermost.
// CHECK-LABEL: func.func @linear
// CHECK: scf.for
// CHECK: %[[PANEL:.*]] = bufferization.alloc_tensor() : tensor<48x32xf32>
// CHECK: bufferization.materialize_in_destination %{{.*}} in %[[PANEL]]
// CHECK: scf.for
// CHECK: %[[ZERO:.*]] = linalg.fill {{.*}} -> tensor<8x32xf32>
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} outs(%[[ZERO]] : tensor<8x32xf32>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<32xf32>) outs(%[[SUM]] : tensor<8x32xf32>)
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
