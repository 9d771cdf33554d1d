// RUN: mt-opt %s --mt-cpu-externalize-constants | FileCheck %s

// CHECK: module attributes {mt.constants = {
// CHECK-SAME: flags = dense_resource<{{.*}}> : tensor<65xi1>
// CHECK-SAME: ones = dense_resource<{{.*}}> : tensor<8x8xf32>
// CHECK-SAME: weight = dense_resource<weight> : tensor<2xf32>
// CHECK: memref.global constant @weight : memref<2xf32> {alignment = 64 : i64}
// CHECK: memref.global constant @ones : memref<8x8xf32>
// CHECK: memref.global constant @flags : memref<65xi1>
// CHECK: memref.global "private" constant @small : memref<2xf32> = dense<
module {
  memref.global "private" constant @weight : memref<2xf32> = dense_resource<weight> {alignment = 64 : i64}
  // A splat is one element in the attribute, but not in memory.
  memref.global "private" constant @ones : memref<8x8xf32> = dense<1.0>
  memref.global "private" constant @flags : memref<65xi1> = dense<true>
  memref.global "private" constant @small : memref<2xf32> = dense<[1.0, 2.0]>
}

{-#
  dialect_resources: {
    builtin: {
      weight: "0x400000000000803F00000040"
    }
  }
#-}
