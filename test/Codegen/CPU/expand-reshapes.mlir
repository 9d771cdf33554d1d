// RUN: mt-opt %s --mt-cpu-expand-reshapes --expand-strided-metadata | FileCheck %s

// Two sizes of one group that are not static.

// CHECK-LABEL: func.func @two_dynamic
// CHECK-NOT: expand_shape
// CHECK: memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [%{{.*}}, %{{.*}}, 32], strides: [%{{.*}}, 32, 1]
func.func @two_dynamic(%m: memref<?xf32>, %a: index, %b: index) -> memref<?x?x32xf32> {
  %r = memref.expand_shape %m [[0, 1, 2]] output_shape [%a, %b, 32] : memref<?xf32> into memref<?x?x32xf32>
  return %r : memref<?x?x32xf32>
}
