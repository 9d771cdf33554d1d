// RUN: mt-opt %s --mt-cpu-hide-sizes | FileCheck %s

// CHECK-LABEL: func.func @size
// CHECK: %[[D:.*]] = tensor.dim
// CHECK: %[[I:.*]] = arith.index_cast %[[D]] : index to i64
// CHECK: %[[H:.*]] = arith.index_cast %[[I]] : i64 to index
// CHECK: return %[[H]]
func.func @size(%t: tensor<?xf32>) -> index {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %t, %c0 : tensor<?xf32>
  return %d : index
}
