// RUN: mt-opt %s --mt-bufferize-kernels -verify-diagnostics

func.func @program(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{is on tensors; bufferize the program first}}
  %0 = mt.launch @k::@k(%a) outs(%b) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
module @k {
  func.func @k(%x: tensor<8xf32>, %out: tensor<8xf32>) -> tensor<8xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %x : tensor<8xf32>
  }
}
