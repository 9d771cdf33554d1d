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

#wx = affine_map<(h, w, f, p, q, c) -> (h * 2 + p, w * 2 + q, c)>
#ww = affine_map<(h, w, f, p, q, c) -> (f floordiv 32, p, q, c, f mod 32)>
#wy = affine_map<(h, w, f, p, q, c) -> (h, w, f)>
#r3 = affine_map<(h, w, f) -> (h, w, f)>
#bias = affine_map<(h, w, f) -> (f)>

// The sums of a window start at zero in registers, stay there through its rows,
// columns and channels (three, written one after the other), and get the bias
// there. Seven pixels are one tile.
// CHECK-LABEL: func.func @window(
// CHECK-NOT: linalg
// CHECK: %[[ZERO:.*]] = vector.broadcast %{{.*}} : f32 to vector<16xf32>
// CHECK: scf.for {{.*}} iter_args(
// CHECK: scf.for {{.*}} iter_args(
// CHECK-NOT: scf.for
// CHECK-COUNT-42: vector.fma
// CHECK-NOT: vector.fma
// CHECK: vector.load %{{.*}} : memref<32xf32>, vector<16xf32>
// CHECK: arith.addf {{.*}} : vector<16xf32>
// CHECK: arith.maximumf {{.*}} : vector<16xf32>
// CHECK: vector.store
// CHECK-NOT: linalg
// CHECK: return
func.func @window(%x: memref<15x15x3xf32>, %w: memref<1x3x3x3x32xf32>, %v: memref<32xf32>, %y: memref<7x7x32xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<7x7x32xf32>)
  linalg.generic {indexing_maps = [#wx, #ww, #wy], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : memref<15x15x3xf32>, memref<1x3x3x3x32xf32>) outs(%y : memref<7x7x32xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %c, %1 : f32
    linalg.yield %2 : f32
  }
  linalg.generic {indexing_maps = [#bias, #r3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%v : memref<32xf32>) outs(%y : memref<7x7x32xf32>) {
  ^bb0(%a: f32, %c: f32):
    %1 = arith.addf %c, %a : f32
    %2 = arith.maximumf %1, %zero : f32
    linalg.yield %2 : f32
  }
  return
}

#pa = affine_map<(m, n, k) -> (m, k)>
#pb = affine_map<(m, n, k) -> (n floordiv 32, k, n mod 32)>
#pc = affine_map<(m, n, k) -> (m, n)>

// 45 columns are a panel and 13 more: one vector, with a mask. The panel's
// padding is read without one.
// CHECK-LABEL: func.func @rest(
// CHECK: scf.if
// CHECK-COUNT-16: vector.fma
// CHECK: else
// CHECK: %[[LEFT:.*]] = arith.subi %c13{{.*}}, %c0{{.*}} : index
// CHECK: vector.create_mask %[[LEFT]]
// CHECK-NOT: vector.create_mask
// CHECK-NOT: vector.maskedload %arg1
// CHECK: vector.maskedstore
func.func @rest(%a: memref<8x64xf32>, %b: memref<2x64x32xf32>, %c: memref<8x45xf32>) {
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  %c45 = arith.constant 45 : index
  scf.for %i = %c0 to %c45 step %c32 {
    %n = affine.min affine_map<(d0) -> (-d0 + 45, 32)>(%i)
    %p = affine.apply affine_map<(d0) -> (d0 floordiv 32)>(%i)
    %bs = memref.subview %b[%p, 0, 0] [1, 64, 32] [1, 1, 1] : memref<2x64x32xf32> to memref<1x64x32xf32, strided<[2048, 32, 1], offset: ?>>
    %cs = memref.subview %c[0, %i] [8, %n] [1, 1] : memref<8x45xf32> to memref<8x?xf32, strided<[45, 1], offset: ?>>
    linalg.generic {indexing_maps = [#pa, #pb, #pc], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a, %bs : memref<8x64xf32>, memref<1x64x32xf32, strided<[2048, 32, 1], offset: ?>>)
        outs(%cs : memref<8x?xf32, strided<[45, 1], offset: ?>>) {
    ^bb0(%x: f32, %y: f32, %z: f32):
      %1 = arith.mulf %x, %y : f32
      %2 = arith.addf %z, %1 : f32
      linalg.yield %2 : f32
    }
  }
  return
}
