// RUN: mt-opt %s --mt-specialize="inputs=2x3xf32" | FileCheck %s

// State that a call leaves with other sizes has none that are known; other
// state keeps its own.

// CHECK: func.func @forward(%{{.*}}: !mt.tensor<[2,3],f32>, %{{.*}}: !mt.tensor<[?,3],f32>, %{{.*}}: !mt.tensor<[3],f32>)
// CHECK-SAME: mt.signature = #mt.signature<args = ["arg0" : tensor<[2,3],f32>], state = ["cache" : tensor<[?,3],f32>, "sum" : tensor<[3],f32>]>
func.func @forward(%x: !mt.tensor, %cache: !mt.tensor, %sum: !mt.tensor) -> (!mt.tensor, !mt.tensor, !mt.tensor)
    attributes {mt.state = [{path = "cache", value = dense<0.0> : tensor<1x3xf32>},
                            {path = "sum", value = dense<0.0> : tensor<3xf32>}]} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %l = mt.prim.list_construct %cache, %x : (!mt.tensor, !mt.tensor) -> !mt.list<!mt.tensor>
  %new = mt.aten.cat %l, %c0 : (!mt.list<!mt.tensor>, i64) -> !mt.tensor
  %next = mt.aten.add.Scalar %sum, %c1, %c1 : (!mt.tensor, i64, i64) -> !mt.tensor
  return %new, %new, %next : !mt.tensor, !mt.tensor, !mt.tensor
}
