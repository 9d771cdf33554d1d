// RUN: mt-opt %s --split-input-file --mt-place-destinations --eliminate-empty-tensors --canonicalize | FileCheck %s

// The border is filled, the rest is written where it is computed.
// CHECK-LABEL: func.func @pad(
// CHECK-SAME: %[[X:.*]]: tensor<6x8xf32>
// CHECK-DAG: %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK: %[[E:.*]] = tensor.empty() : tensor<9x8xf32>
// CHECK: %[[LOW:.*]] = tensor.extract_slice %[[E]][0, 0] [1, 8] [1, 1]
// CHECK: %[[FILL:.*]] = linalg.fill ins(%[[ONE]] : f32) outs(%[[LOW]]
// CHECK: %[[E1:.*]] = tensor.insert_slice %[[FILL]] into %[[E]][0, 0] [1, 8] [1, 1]
// CHECK: %[[HIGH:.*]] = tensor.extract_slice %[[E1]][7, 0] [2, 8] [1, 1]
// CHECK: %[[FILL2:.*]] = linalg.fill ins(%[[ONE]] : f32) outs(%[[HIGH]]
// CHECK: %[[E2:.*]] = tensor.insert_slice %[[FILL2]] into %[[E1]][7, 0] [2, 8] [1, 1]
// CHECK: %[[MIDDLE:.*]] = tensor.extract_slice %[[E2]][1, 0] [6, 8] [1, 1]
// CHECK: %[[Y:.*]] = mt.launch @k::@k(%[[X]]) outs(%[[MIDDLE]])
// CHECK: %[[P:.*]] = tensor.insert_slice %[[Y]] into %[[E2]][1, 0] [6, 8] [1, 1]
// CHECK: return %[[P]]
func.func @pad(%x: tensor<6x8xf32>) -> tensor<9x8xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<6x8xf32>
  %y = mt.launch @k::@k(%x) outs(%e) : (tensor<6x8xf32>, tensor<6x8xf32>) -> tensor<6x8xf32>
  %p = tensor.pad %y low[1, 0] high[2, 0] {
  ^bb0(%a: index, %b: index):
    tensor.yield %one : f32
  } : tensor<6x8xf32> to tensor<9x8xf32>
  return %p : tensor<9x8xf32>
}

module @k {
  func.func @k(%a: tensor<6x8xf32>, %e: tensor<6x8xf32>) -> tensor<6x8xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %e : tensor<6x8xf32>
  }
}

// -----

// Both are written where they are joined.
// CHECK-LABEL: func.func @join(
// CHECK: %[[E:.*]] = tensor.empty(%{{.*}}) : tensor<?x16xf32>
// CHECK: %[[A:.*]] = tensor.extract_slice %[[E]][0, 0]
// CHECK: %[[X:.*]] = mt.launch @k::@k(%{{.*}}) outs(%[[A]])
// CHECK: %[[E1:.*]] = tensor.insert_slice %[[X]] into %[[E]][0, 0]
// CHECK: %[[B:.*]] = tensor.extract_slice %[[E1]][0, 8]
// CHECK: %[[Y:.*]] = mt.launch @k::@k(%[[X]]) outs(%[[B]])
// CHECK: %[[J:.*]] = tensor.insert_slice %[[Y]] into %[[E1]][0, 8]
// CHECK: return %[[J]]
func.func @join(%x: tensor<?x8xf32>) -> tensor<?x16xf32> {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x8xf32>
  %e = tensor.empty(%d) : tensor<?x8xf32>
  %a = mt.launch @k::@k(%x) outs(%e) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %f = tensor.empty(%d) : tensor<?x8xf32>
  %b = mt.launch @k::@k(%a) outs(%f) : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %j = tensor.empty(%d) : tensor<?x16xf32>
  %j1 = tensor.insert_slice %a into %j[0, 0] [%d, 8] [1, 1] : tensor<?x8xf32> into tensor<?x16xf32>
  %j2 = tensor.insert_slice %b into %j1[0, 8] [%d, 8] [1, 1] : tensor<?x8xf32> into tensor<?x16xf32>
  return %j2 : tensor<?x16xf32>
}

module @k {
  func.func @k(%a: tensor<?x8xf32>, %e: tensor<?x8xf32>) -> tensor<?x8xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %e : tensor<?x8xf32>
  }
}

// -----

// How long it is follows from the result itself.
// CHECK-LABEL: func.func @late(
// CHECK: %[[X:.*]] = mt.launch @k::@k(%{{.*}}) outs(%{{.*}}) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
// CHECK: %[[N:.*]] = call @length(%[[X]])
// CHECK: %[[E:.*]] = tensor.empty(%[[N]])
// CHECK: tensor.insert_slice %[[X]] into %[[E]]
func.func private @length(tensor<8xf32>) -> index
func.func @late(%x: tensor<8xf32>) -> tensor<?xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %a = mt.launch @k::@k(%x) outs(%e) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %n = call @length(%a) : (tensor<8xf32>) -> index
  %f = tensor.empty(%n) : tensor<?xf32>
  %j = tensor.insert_slice %a into %f[0] [8] [1] : tensor<8xf32> into tensor<?xf32>
  return %j : tensor<?xf32>
}

module @k {
  func.func @k(%a: tensor<8xf32>, %e: tensor<8xf32>) -> tensor<8xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %e : tensor<8xf32>
  }
}
