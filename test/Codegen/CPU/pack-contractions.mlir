// RUN: mt-opt %s --mt-cpu-pack-contractions="vector-bits=128 registers=16" | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// CHECK: #[[$PANELS:.*]] = affine_map<(d0, d1, d2) -> (d1 floordiv 8, d2, d1 mod 8)>

// Nine columns are two panels of eight; the second is padded.
// CHECK-LABEL: func.func @constant
// CHECK: arith.constant dense_resource<{{.*}}> : tensor<2x2x8xf32>
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[$PANELS]], #{{.*}}]
func.func @constant(%x: tensor<4x2xf32>, %init: tensor<4x9xf32>) -> tensor<4x9xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
                             [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]]> : tensor<2x9xf32>
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x2xf32>, tensor<2x9xf32>) outs(%init : tensor<4x9xf32>) {
  ^bb0(%p: f32, %q: f32, %r: f32):
    %1 = arith.mulf %p, %q : f32
    %2 = arith.addf %r, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<4x9xf32>
  return %0 : tensor<4x9xf32>
}

// CHECK-LABEL: func.func @run_time
// CHECK: %[[COPY:.*]] = linalg.generic {{.*}} ins(%arg1 : tensor<?x?xf32>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[COPY]]
func.func @run_time(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>, %init: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x?xf32>, tensor<?x?xf32>) outs(%init : tensor<?x?xf32>) {
  ^bb0(%p: f32, %q: f32, %r: f32):
    %1 = arith.mulf %p, %q : f32
    %2 = arith.addf %r, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// Four tiles of rows read every element four times: a copy does not pay.
// CHECK-LABEL: func.func @few_rows
// CHECK-NOT: tensor.empty
func.func @few_rows(%x: tensor<24x?xf32>, %w: tensor<?x?xf32>, %init: tensor<24x?xf32>) -> tensor<24x?xf32> {
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<24x?xf32>, tensor<?x?xf32>) outs(%init : tensor<24x?xf32>) {
  ^bb0(%p: f32, %q: f32, %r: f32):
    %1 = arith.mulf %p, %q : f32
    %2 = arith.addf %r, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<24x?xf32>
  return %0 : tensor<24x?xf32>
}
