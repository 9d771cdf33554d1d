// REQUIRES: mt-run
// RUN: mt-run %s --dump-stage=llvm-ir-optimized | FileCheck %s

// What `mt.constants` names is data elsewhere, not part of the code.

// CHECK: @w = external local_unnamed_addr constant [4 x float], align 64
// CHECK-NOT: [4 x float] [float
module attributes {mt.constants = {w = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>}} {
  llvm.mlir.global private @w() {addr_space = 0 : i32} : !llvm.array<4 x f32>
  llvm.func @forward() -> f32 attributes {llvm.emit_c_interface, mt.signature = #mt.signature<result = none>} {
    %0 = llvm.mlir.addressof @w : !llvm.ptr
    %1 = llvm.load %0 : !llvm.ptr -> f32
    llvm.return %1 : f32
  }
  llvm.func @_mlir_ciface_forward() -> f32 {
    %0 = llvm.call @forward() : () -> f32
    llvm.return %0 : f32
  }
}
