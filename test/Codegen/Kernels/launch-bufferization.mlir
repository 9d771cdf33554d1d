// RUN: mt-opt %s --eliminate-empty-tensors --empty-tensor-to-alloc-tensor \
// RUN:   --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map allow-return-allocs-from-loops" \
// RUN:   --canonicalize --cse --canonicalize | FileCheck %s

// Upstream's bufferization takes launches without their kernels: no copies.

// CHECK-LABEL: func.func @chain(
// CHECK-COUNT-2: memref.alloc
// CHECK-NOT: memref.copy
// CHECK: return
func.func @chain(%x: tensor<?x16xf32> {bufferization.writable = false}) -> tensor<?x16xf32> {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x16xf32>
  %e = tensor.empty(%d) : tensor<?x16xf32>
  %r = mt.launch @k::@k(%x) outs(%e) : (tensor<?x16xf32>, tensor<?x16xf32>) -> tensor<?x16xf32>
  %e2 = tensor.empty(%d) : tensor<?x16xf32>
  %r2 = mt.launch @k::@k(%r) outs(%e2) : (tensor<?x16xf32>, tensor<?x16xf32>) -> tensor<?x16xf32>
  return %r2 : tensor<?x16xf32>
}

// The producer writes into the middle of what is padded.

// CHECK-LABEL: func.func @pad(
// CHECK: %[[A:.*]] = memref.alloc
// CHECK-NOT: memref.alloc
// CHECK: %[[S:.*]] = memref.subview %[[A]]
// CHECK: mt.launch @k::@k(%{{.*}}) outs(%[[S]])
// CHECK-NOT: memref.copy
// CHECK: return %[[A]]
func.func @pad(%x: tensor<?x16xf32> {bufferization.writable = false}) -> tensor<?x18xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %zero = arith.constant 0.0 : f32
  %d = tensor.dim %x, %c0 : tensor<?x16xf32>
  %d2 = arith.addi %d, %c2 : index
  %e = tensor.empty(%d2) : tensor<?x18xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x18xf32>) -> tensor<?x18xf32>
  %o = tensor.empty(%d) : tensor<?x16xf32>
  %t = mt.launch @k::@k(%x) outs(%o) : (tensor<?x16xf32>, tensor<?x16xf32>) -> tensor<?x16xf32>
  %i = tensor.insert_slice %t into %f[1, 1] [%d, 16] [1, 1] : tensor<?x16xf32> into tensor<?x18xf32>
  return %i : tensor<?x18xf32>
}

// A slice of the state is updated in place.

// CHECK-LABEL: func.func @cache(
// CHECK-NOT: memref.alloc
// CHECK: scf.for
// CHECK-NEXT: %[[S:.*]] = memref.subview
// CHECK-NEXT: mt.launch @row::@row(%{{.*}}) outs(%[[S]])
// CHECK-NOT: memref.copy
func.func @cache(%x: tensor<1x16xf32> {bufferization.writable = false}, %cache: tensor<512x16xf32>, %n: index) -> tensor<512x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%cur = %cache) -> (tensor<512x16xf32>) {
    %o = tensor.extract_slice %cur[%i, 0] [1, 16] [1, 1] : tensor<512x16xf32> to tensor<1x16xf32>
    %t = mt.launch @row::@row(%x) outs(%o) : (tensor<1x16xf32>, tensor<1x16xf32>) -> tensor<1x16xf32>
    %u = tensor.insert_slice %t into %cur[%i, 0] [1, 16] [1, 1] : tensor<1x16xf32> into tensor<512x16xf32>
    scf.yield %u : tensor<512x16xf32>
  }
  return %r : tensor<512x16xf32>
}

// What a launch accumulates to is not lost while somebody reads it.

// CHECK-LABEL: func.func @accumulates(
// CHECK: %[[A:.*]] = memref.alloc
// CHECK: memref.copy %arg1, %[[A]]
// CHECK: mt.launch @row::@row(%arg0) accumulates outs(%[[A]])
// CHECK: return %[[A]], %arg1
func.func @accumulates(%x: tensor<1x16xf32>, %y: tensor<1x16xf32>) -> (tensor<1x16xf32>, tensor<1x16xf32>) {
  %t = mt.launch @row::@row(%x) accumulates outs(%y) : (tensor<1x16xf32>, tensor<1x16xf32>) -> tensor<1x16xf32>
  return %t, %y : tensor<1x16xf32>, tensor<1x16xf32>
}

module @k {
  func.func @k(%x: tensor<?x16xf32>, %o: tensor<?x16xf32>) -> tensor<?x16xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %x : tensor<?x16xf32>
  }
}
module @row {
  func.func @row(%x: tensor<1x16xf32>, %o: tensor<1x16xf32>) -> tensor<1x16xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %x : tensor<1x16xf32>
  }
}
