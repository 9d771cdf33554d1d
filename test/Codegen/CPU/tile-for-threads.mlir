// RUN: mt-opt %s --mt-cpu-tile-for-threads --canonicalize --cse | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>

// Whole rows, as many as make a part.
// CHECK-LABEL: func.func @rows(
// CHECK: scf.forall (%{{.*}}) = (0) to (64) step (4)
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<4x4096xf32>)
func.func @rows(%x: tensor<64x4096xf32>, %e: tensor<64x4096xf32>) -> tensor<64x4096xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<64x4096xf32>) outs(%e : tensor<64x4096xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.negf %a : f32
    linalg.yield %1 : f32
  } -> tensor<64x4096xf32>
  return %0 : tensor<64x4096xf32>
}

// Parts of the row of sums: a sum is never cut.
// CHECK-LABEL: func.func @columns(
// CHECK: scf.forall (%{{.*}}) = (0) to (4096) step (1024)
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<4096x1024xf32>)
func.func @columns(%x: tensor<4096x4096xf32>, %e: tensor<4096xf32>) -> tensor<4096xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : tensor<4096x4096xf32>) outs(%e : tensor<4096xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.addf %o, %a : f32
    linalg.yield %1 : f32
  } -> tensor<4096xf32>
  return %0 : tensor<4096xf32>
}

// How many rows make a part is known when it runs.
// CHECK-LABEL: func.func @dynamic(
// CHECK: %[[N:.*]] = tensor.dim %{{.*}}, %c1
// CHECK: %[[TURNS:.*]] = arith.maxui %[[N]], %c1
// CHECK: %[[STEP:.*]] = arith.ceildivui %c16384, %[[TURNS]]
// CHECK: scf.forall (%{{.*}}, %{{.*}}) = (0, 0) to (%{{.*}}, %[[N]]) step (%[[STEP]], 16384)
func.func @dynamic(%x: tensor<?x?xf32>, %e: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<?x?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.negf %a : f32
    linalg.yield %1 : f32
  } -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// Not worth a thread.
// CHECK-LABEL: func.func @small(
// CHECK-NOT: scf.forall
func.func @small(%x: tensor<16x64xf32>, %e: tensor<16x64xf32>) -> tensor<16x64xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<16x64xf32>) outs(%e : tensor<16x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.negf %a : f32
    linalg.yield %1 : f32
  } -> tensor<16x64xf32>
  return %0 : tensor<16x64xf32>
}
