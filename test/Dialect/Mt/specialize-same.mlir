// RUN: mt-opt %s --mt-specialize='inputs=2x?xf32,int,2x?xf32@0,str:"a, (b) \"c\"",float:inf' | FileCheck %s
// RUN: not mt-opt %s --mt-specialize="inputs=f32,int,f32@7,none,none" 2>&1 | FileCheck %s --check-prefix=LEAF
// RUN: not mt-opt %s --mt-specialize="inputs=f32,int,f64@0,none,none" 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not mt-opt %s --mt-specialize='inputs=f32,int,f32,str:"a,none' 2>&1 | FileCheck %s --check-prefix=STR

// RUN: mt-opt %s --mt-specialize='inputs=2x3xf32/1/2,int,f32,none,none' | FileCheck %s --check-prefix=LIES
// RUN: not mt-opt %s --mt-specialize="inputs=2x3xf32/1,int,f32,none,none" 2>&1 | FileCheck %s --check-prefix=COUNT
// RUN: not mt-opt %s --mt-specialize="inputs=2x3xf32/1/x,int,f32,none,none" 2>&1 | FileCheck %s --check-prefix=STRIDE

// The third argument is the first; it is not passed.

// CHECK: func.func @forward(%[[X:.*]]: !mt.tensor<[2,?],f32>, %[[N:.*]]: i64)
// CHECK-SAME: "y" : tensor<[2,?],f32, same arg 0>
// CHECK-SAME: constant<0x7FF0000000000000 : f64, exact>
// CHECK: %[[S:.*]] = mt.constant.str "a, (b) \22c\22"
// CHECK: mt.prim.tuple_construct %[[X]], %[[N]], %[[X]], %[[S]], %

// LIES: func.func @forward(%{{.*}}: !mt.tensor<[2,3],f32> {mt.strides = array<i64: 1, 2>}, %{{.*}}: i64, %{{.*}}: !mt.tensor<[],f32>)
// LIES-SAME: tensor<[2,3],f32, strides [1,2]>

// COUNT: inputs: as many strides as sizes are needed
// STRIDE: inputs: 'x' is not a stride
// LEAF: inputs: '7' is not an earlier argument
// TYPE: inputs: the tensor after '@' has another type
// STR: inputs: a str that does not end
func.func @forward(%x: !mt.tensor {mt.name = "x"}, %n: i64 {mt.name = "n"}, %y: !mt.tensor {mt.name = "y"},
                   %s: !mt.any {mt.name = "s"}, %f: !mt.any {mt.name = "f"})
    -> !mt.tuple<!mt.tensor, i64, !mt.tensor, !mt.any, !mt.any> {
  %r = mt.prim.tuple_construct %x, %n, %y, %s, %f
    : (!mt.tensor, i64, !mt.tensor, !mt.any, !mt.any) -> !mt.tuple<!mt.tensor, i64, !mt.tensor, !mt.any, !mt.any>
  return %r : !mt.tuple<!mt.tensor, i64, !mt.tensor, !mt.any, !mt.any>
}
