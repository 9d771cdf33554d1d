// RUN: mt-opt %s --mt-cpu-vectorize="vector-bits=512 registers=32" | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#t = affine_map<(i, j) -> (j, i)>
#row = affine_map<(i, j) -> (i)>

// Two dimensions without gaps are one; forty elements are two vectors and a
// masked half.
// CHECK-LABEL: func.func @elementwise
// CHECK: memref.collapse_shape {{.*}} into memref<40xf32>
// CHECK: vector.load {{.*}} vector<16xf32>
// CHECK: math.exp {{.*}} vector<16xf32>
// CHECK: vector.store
// CHECK: vector.maskedload
// CHECK: vector.maskedstore
func.func @elementwise(%x: memref<4x10xf32>, %y: memref<4x10xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<4x10xf32>) outs(%y : memref<4x10xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func @row_sum
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK: vector.reduction <add>, {{.*}} fastmath<reassoc> : vector<16xf32> into f32
func.func @row_sum(%x: memref<?x?xf32>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  }
  return
}

// Squares, and masked squares at the edges.
// CHECK-LABEL: func.func @transpose
// CHECK: scf.if
// CHECK-COUNT-64: vector.shuffle
// CHECK: else
// CHECK: vector.maskedload
// CHECK-COUNT-64: vector.shuffle
// CHECK: vector.maskedstore
// CHECK-NOT: vector.shuffle
func.func @transpose(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  linalg.generic {indexing_maps = [#t, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  return
}

// A boolean is a byte in memory and a bit in a vector.
// CHECK-LABEL: func.func @boolean
// CHECK: linalg.generic
func.func @boolean(%x: memref<64xi1>, %y: memref<64xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<64xi1>) outs(%y : memref<64xf32>) {
  ^bb0(%a: i1, %b: f32):
    %0 = arith.uitofp %a : i1 to f32
    linalg.yield %0 : f32
  }
  return
}

// Many rows are reduced to one: rows outside, eight at a time, whatever their
// number, and vectors of the row inside.

// CHECK-LABEL: func.func @column_sums
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %c8
// CHECK: scf.for
// CHECK: vector.load %arg1
// CHECK-COUNT-8: vector.load %arg0
// CHECK: vector.store %{{.*}}, %arg1
// CHECK-LABEL: func.func @few_rows
// CHECK: vector.load %arg1
// CHECK-COUNT-4: vector.load %arg0
// CHECK: vector.store %{{.*}}, %arg1
func.func @column_sums(%x: memref<?x?xf32>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(j, i) -> (i, j)>, affine_map<(j, i) -> (j)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  }
  return
}

func.func @few_rows(%x: memref<4x64xf32>, %y: memref<64xf32>) {
  linalg.generic {indexing_maps = [affine_map<(j, i) -> (i, j)>, affine_map<(j, i) -> (j)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<4x64xf32>) outs(%y : memref<64xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  }
  return
}

#wx = affine_map<(h, w, c, p, q) -> (h + p, w + q, c)>
#wk = affine_map<(h, w, c, p, q) -> (p, q, c)>
#wy = affine_map<(h, w, c, p, q) -> (h, w, c)>

// Four neighbours share the weights; the sums start in registers.
// CHECK-LABEL: func.func @neighbours
// CHECK-NOT: linalg.fill
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %c4
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %c32
// CHECK-COUNT-8: vector.load
// CHECK: vector.store
func.func @neighbours(%x: memref<9x9x64xf32>, %w: memref<1x2x64xf32>, %y: memref<8x8x64xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<8x8x64xf32>)
  linalg.generic {indexing_maps = [#wx, #wk, #wy], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : memref<9x9x64xf32>, memref<1x2x64xf32>) outs(%y : memref<8x8x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %c, %1 : f32
    linalg.yield %2 : f32
  }
  return
}
