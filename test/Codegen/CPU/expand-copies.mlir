// RUN: mt-opt %s --mt-cpu-expand-copies | FileCheck %s

// CHECK-LABEL: func.func @strided
// CHECK: linalg.copy
// CHECK-NOT: memref.copy
func.func @strided(%a: memref<8x32xf32, strided<[64, 1]>>, %b: memref<8x32xf32>) {
  memref.copy %a, %b : memref<8x32xf32, strided<[64, 1]>> to memref<8x32xf32>
  return
}

// CHECK-LABEL: func.func @contiguous
// CHECK: memref.copy
func.func @contiguous(%a: memref<?x32xf32>, %b: memref<?x32xf32>) {
  memref.copy %a, %b : memref<?x32xf32> to memref<?x32xf32>
  return
}
