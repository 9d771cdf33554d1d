// RUN: mt-opt %s --mt-cpu-mark-entry-points | FileCheck %s

// A caller's tensor is never written.
// CHECK-LABEL: func.func @public(
// CHECK-SAME: tensor<4xf32> {bufferization.writable = false}, %{{.*}}: i64)
// CHECK-SAME: attributes {llvm.emit_c_interface}
func.func @public(%x: tensor<4xf32>, %n: i64) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// CHECK: func.func private @helper(%{{.*}}: tensor<4xf32>) -> tensor<4xf32> {
func.func private @helper(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// CHECK: func.func private @external(memref<*xf32>)
// CHECK-NOT: emit_c_interface
func.func private @external(memref<*xf32>)
