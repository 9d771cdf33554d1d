// RUN: mt-opt %s --mt-cpu-generalize --verify-diagnostics

// Softmax is taken apart on tensors.

func.func @softmax_on_buffers(%x: memref<4x8xf32>, %y: memref<4x8xf32>) {
  // expected-error @+1 {{works on buffers; softmax is decomposed before bufferization}}
  linalg.softmax dimension(1) ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>)
  return
}
