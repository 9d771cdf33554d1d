// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize --split-input-file | FileCheck %s

// The message of a check ends in the innermost place of the operator in the
// source, whatever its location consists of: here a value's name.

// CHECK-LABEL: @named
// CHECK: cf.assert %{{.*}}, "RuntimeError: The size of tensor a ({}) must match the size of tensor b ({}) at non-singleton dimension 0\0A  at a.py:3:5"
func.func @named(%x: tensor<?xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = mt.aten.mul.Tensor %x, %y : (tensor<?xf32>, tensor<4xf32>) -> tensor<4xf32> loc("h"("a.py":3:5))
  return %0 : tensor<4xf32>
}

// -----

// What was inlined: where it is, not where it was called.

// CHECK-LABEL: @inlined
// CHECK: cf.assert %{{.*}}, "{{.*}}\0A  at b.py:7:9"
func.func @inlined(%x: tensor<?xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = mt.aten.mul.Tensor %x, %y : (tensor<?xf32>, tensor<4xf32>) -> tensor<4xf32> loc(callsite("b.py":7:9 at "a.py":3:5))
  return %0 : tensor<4xf32>
}

// -----

// A call of which only the caller is known, and a frame of a trace.

// CHECK-LABEL: @traced
// CHECK: cf.assert %{{.*}}, "{{.*}}\0A  at a.py:3:1"
func.func @traced(%x: tensor<?xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = mt.aten.mul.Tensor %x, %y : (tensor<?xf32>, tensor<4xf32>) -> tensor<4xf32> loc(callsite(unknown at fused<"forward">["a.py":3:1]))
  return %0 : tensor<4xf32>
}

// -----

// No place, no line.

// CHECK-LABEL: @unknown
// CHECK: cf.assert %{{.*}}, "RuntimeError: {{.*}} at non-singleton dimension 0"
func.func @unknown(%x: tensor<?xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = mt.aten.mul.Tensor %x, %y : (tensor<?xf32>, tensor<4xf32>) -> tensor<4xf32> loc(unknown)
  return %0 : tensor<4xf32>
}
