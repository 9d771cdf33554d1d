// RUN: mt-opt %s --mt-cpu-split-destinations | FileCheck %s

// CHECK-LABEL: func.func @shared
// CHECK: %[[A:.*]] = tensor.empty
// CHECK: linalg.exp {{.*}} outs(%[[A]]
// CHECK: %[[B:.*]] = tensor.empty
// CHECK: linalg.abs {{.*}} outs(%[[B]]
// CHECK-NOT: tensor.empty
func.func @shared(%x: tensor<?xf32>, %n: index) -> (tensor<?xf32>, tensor<?xf32>) {
  %e = tensor.empty(%n) : tensor<?xf32>
  %0 = linalg.exp ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %1 = linalg.abs ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}
