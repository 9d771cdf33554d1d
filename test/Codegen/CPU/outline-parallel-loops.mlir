// RUN: mt-opt %s --mt-cpu-outline-parallel-loops --canonicalize --cse | FileCheck %s

// The number of a turn tells its indices; what is allocated stays in the turn,
// and constants go with it.

// CHECK-LABEL: func.func @program(
// CHECK-SAME: %[[X:.*]]: memref<?x?xf32>, %[[M:.*]]: index, %[[N:.*]]: index)
// CHECK: %[[ROWS:.*]] = arith.ceildivsi %[[M]], %{{.*}} : index
// CHECK: %[[COUNT:.*]] = arith.muli %[[ROWS]], %[[N]] : index
// CHECK: mt.parallel_call @program_part(%[[M]], %[[N]], %[[X]]) times %[[COUNT]] : index, index, memref<?x?xf32>
// CHECK-NEXT: return
func.func @program(%x: memref<?x?xf32>, %m: index, %n: index) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  scf.forall (%i, %j) = (0, 0) to (%m, %n) step (8, 1) {
    %a = memref.alloc() : memref<1xf32>
    memref.store %zero, %a[%c0] : memref<1xf32>
    %v = memref.load %a[%c0] : memref<1xf32>
    memref.store %v, %x[%i, %j] : memref<?x?xf32>
    memref.dealloc %a : memref<1xf32>
  }
  return
}

// CHECK: func.func private @program_part(%[[FROM:.*]]: index, %[[TO:.*]]: index, %{{.*}}: index, %[[N:.*]]: index, %[[X:.*]]: memref<?x?xf32>)
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: scf.for %[[TURN:.*]] = %[[FROM]] to %[[TO]] step
// CHECK: %[[J:.*]] = arith.remui %[[TURN]], %[[N]]
// CHECK: %[[DIV:.*]] = arith.divui %[[TURN]], %[[N]]
// CHECK: %[[I:.*]] = arith.muli %[[DIV]], %{{.*}} : index
// CHECK: memref.store %{{.*}}, %[[X]][%[[I]], %[[J]]]

// A loop on tensors is not ready.

// CHECK-LABEL: func.func @tensors
// CHECK: scf.forall
func.func @tensors(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = scf.forall (%i) in (4) shared_outs(%o = %x) -> (tensor<4xf32>) {
    %e = tensor.extract_slice %x[%i] [1] [1] : tensor<4xf32> to tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %e into %o[%i] [1] [1] : tensor<1xf32> into tensor<4xf32>
    }
  }
  return %0 : tensor<4xf32>
}
