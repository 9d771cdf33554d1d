// UNSUPPORTED: sanitizers
// RUN: mlir-opt %s --load-dialect-plugin=%mt_lib_dir/libMiniTorchPlugin.so --load-pass-plugin=%mt_lib_dir/libMiniTorchPlugin.so \
// RUN:   --pass-pipeline='builtin.module(mt-to-linalg-pipeline{inputs=2x?xf32})' | FileCheck %s

// Stock mlir-opt knows the dialect and runs the pipeline.

// CHECK-LABEL: func.func @forward(%{{.*}}: tensor<2x?xf32>) -> tensor<2x?xf32>
// CHECK-NOT: mt.aten
// CHECK: linalg.generic
// CHECK: arith.maximumf
func.func @forward(%x: !mt.tensor) -> !mt.tensor {
  %r = mt.aten.relu %x : (!mt.tensor) -> !mt.tensor
  return %r : !mt.tensor
}
