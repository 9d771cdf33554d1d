// RUN: mt-opt %s --mt-specialize="inputs=2x?xf32,(f32,int),none,{k:3xi64},bool:true" | FileCheck %s

// Containers become leaves, constants are not passed.

// CHECK: func.func @forward(%[[X:.*]]: !mt.tensor<[2,?],f32>, %[[A:.*]]: !mt.tensor<[],f32>, %[[N:.*]]: i64, %[[K:.*]]: !mt.tensor<[3],i64>)
// CHECK-SAME: mt.signature = "{\22args\22:[{\22name\22:\22x\22,\22type\22:{\22dtype\22:\22f32\22,\22shape\22:[2,-1],\22t\22:\22tensor\22}}
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
