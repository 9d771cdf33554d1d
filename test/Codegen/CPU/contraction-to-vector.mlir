// RUN: mt-opt %s --mt-cpu-contraction-to-vector="vector-bits=512 registers=32" | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n floordiv 32, k, n mod 32)>
#plain = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// A full tile: sixteen accumulators, no masks, no edges.
// CHECK-LABEL: func.func @full
// CHECK-NOT: mask
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-64: vector.fma
// CHECK-NOT: vector.fma
func.func @full(%x: memref<8x64xf32>, %w: memref<1x64x32xf32>, %y: memref<8x32xf32>) {
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<8x64xf32>, memref<1x64x32xf32>) outs(%y : memref<8x32xf32>) {
  ^bb0(%p: f32, %q: f32, %r: f32):
    %1 = arith.mulf %p, %q : f32
    %2 = arith.addf %r, %1 : f32
    linalg.yield %2 : f32
  }
  return
}

// CHECK-LABEL: func.func @edges
// CHECK: scf.if
// CHECK: vector.fma
// CHECK: else
// CHECK: vector.create_mask
// CHECK: vector.maskedload
// CHECK: vector.maskedstore
func.func @edges(%x: memref<?x?xf32>, %w: memref<?x?xf32>, %y: memref<?x?xf32>) {
  linalg.generic {indexing_maps = [#a, #plain, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<?x?xf32>, memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%p: f32, %q: f32, %r: f32):
    %1 = arith.mulf %p, %q : f32
    %2 = arith.addf %r, %1 : f32
    linalg.yield %2 : f32
  }
  return
}

// Rows of C with gaps between columns are left for loops.
// CHECK-LABEL: func.func @strided
// CHECK: linalg.generic
func.func @strided(%x: memref<8x64xf32>, %w: memref<1x64x32xf32>, %y: memref<8x32xf32, strided<[64, 2]>>) {
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<8x64xf32>, memref<1x64x32xf32>) outs(%y : memref<8x32xf32, strided<[64, 2]>>) {
  ^bb0(%p: f32, %q: f32, %r: f32):
    %1 = arith.mulf %p, %q : f32
    %2 = arith.addf %r, %1 : f32
    linalg.yield %2 : f32
  }
  return
}
