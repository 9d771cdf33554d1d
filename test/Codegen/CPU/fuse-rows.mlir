// RUN: mt-opt %s --mt-cpu-fuse-rows | FileCheck %s

// Softmax: everything happens in the loop over rows.
// CHECK-LABEL: func.func @softmax
// CHECK: scf.forall
// CHECK: arith.maximumf
// CHECK: math.exp
// CHECK: arith.divf
// CHECK: tensor.parallel_insert_slice
// CHECK: return
func.func @softmax(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
 %c0 = arith.constant 0 : index
%n0 = tensor.dim %x, %c0 : tensor<?x?xf32>
%c1 = arith.constant 1 : index
%n1 = tensor.dim %x, %c1 : tensor<?x?xf32>
 %ninf = arith.constant 0xFF800000 : f32
 %z = arith.constant 0.0 : f32
 %e = tensor.empty(%n0, %n1) : tensor<?x?xf32>
 %er = tensor.empty(%n0) : tensor<?xf32>
 %fm = linalg.fill ins(%ninf : f32) outs(%er : tensor<?xf32>) -> tensor<?xf32>
 %fs = linalg.fill ins(%z : f32) outs(%er : tensor<?xf32>) -> tensor<?xf32>
 %m = linalg.generic {indexing_maps=[affine_map<(d0,d1)->(d0,d1)>,affine_map<(d0,d1)->(d0)>], iterator_types=["parallel","reduction"]} ins(%x : tensor<?x?xf32>) outs(%fm : tensor<?xf32>) {
 ^bb0(%a: f32, %b: f32):
  %q = arith.maximumf %a, %b : f32
  linalg.yield %q : f32 } -> tensor<?xf32>
 %ex = linalg.generic {indexing_maps=[affine_map<(d0,d1)->(d0,d1)>,affine_map<(d0,d1)->(d0)>,affine_map<(d0,d1)->(d0,d1)>], iterator_types=["parallel","parallel"]} ins(%x,%m : tensor<?x?xf32>,tensor<?xf32>) outs(%e : tensor<?x?xf32>) {
 ^bb0(%a: f32, %b: f32, %c: f32):
  %q = arith.subf %a, %b : f32
  %w = math.exp %q : f32
  linalg.yield %w : f32 } -> tensor<?x?xf32>
 %s = linalg.generic {indexing_maps=[affine_map<(d0,d1)->(d0,d1)>,affine_map<(d0,d1)->(d0)>], iterator_types=["parallel","reduction"]} ins(%ex : tensor<?x?xf32>) outs(%fs : tensor<?xf32>) {
 ^bb0(%a: f32, %b: f32):
  %q = arith.addf %a, %b : f32
  linalg.yield %q : f32 } -> tensor<?xf32>
 %r = linalg.generic {indexing_maps=[affine_map<(d0,d1)->(d0,d1)>,affine_map<(d0,d1)->(d0)>,affine_map<(d0,d1)->(d0,d1)>], iterator_types=["parallel","parallel"]} ins(%ex,%s : tensor<?x?xf32>,tensor<?xf32>) outs(%e : tensor<?x?xf32>) {
 ^bb0(%a: f32, %b: f32, %c: f32):
  %q = arith.divf %a, %b : f32
  linalg.yield %q : f32 } -> tensor<?x?xf32>
 return %r : tensor<?x?xf32> }