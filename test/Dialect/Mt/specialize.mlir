// RUN: mt-opt %s --mt-specialize="inputs=2x?xf32,(f32,int),none,{k:3xi64},bool:true" | FileCheck %s

// Containers become leaves, constants are not passed.

// CHECK: func.func @forward(%[[X:.*]]: !mt.tensor<[2,?],f32>, %[[A:.*]]: !mt.tensor<[],f32>, %[[N:.*]]: i64, %[[K:.*]]: !mt.tensor<[3],i64>)
// CHECK-SAME: mt.signature = #mt.signature<args = ["x" : tensor<[2,?],f32>, "arg1" : tuple<[tensor<[],f32>, number<i64>]>, "arg2" : none, "arg3" : dict<["k" = tensor<[3],i64>]>, "arg4" : constant<true>]>
// CHECK: mt.prim.tuple_construct %[[A]], %[[N]]
// CHECK: mt.constant.none
// CHECK: mt.prim.dict_construct %{{.*}}, %[[K]]
// CHECK: arith.constant true
func.func @forward(%x: !mt.tensor {mt.name = "x"}, %p: !mt.tuple<!mt.tensor, i64>,
                   %o: !mt.optional<!mt.tensor>, %d: !mt.dict<!mt.str, !mt.tensor>, %b: i1)
    -> !mt.tuple<!mt.tensor, !mt.tuple<!mt.tensor, i64>, !mt.optional<!mt.tensor>, !mt.dict<!mt.str, !mt.tensor>, i1> {
  %r = mt.prim.tuple_construct %x, %p, %o, %d, %b
    : (!mt.tensor, !mt.tuple<!mt.tensor, i64>, !mt.optional<!mt.tensor>, !mt.dict<!mt.str, !mt.tensor>, i1)
    -> !mt.tuple<!mt.tensor, !mt.tuple<!mt.tensor, i64>, !mt.optional<!mt.tensor>, !mt.dict<!mt.str, !mt.tensor>, i1>
  return %r : !mt.tuple<!mt.tensor, !mt.tuple<!mt.tensor, i64>, !mt.optional<!mt.tensor>, !mt.dict<!mt.str, !mt.tensor>, i1>
}
