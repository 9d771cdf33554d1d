// RUN: mt-opt %s | mt-opt | FileCheck %s

// All that a signature may say is printed as it is read; what is empty is not.

// CHECK: empty = #mt.signature<>
// CHECK-SAME: numbers = #mt.signature<args = ["n" : number<i64>, "p" : number<f64, exact>, "b" : number<i1>, "k" : constant<3 : i64>, "f" : constant<true, exact>, "mode" : constant<"mean">, "c" : enum<"__torch__.Color", "RED", 1 : i64>]>
// CHECK-SAME: tensors = #mt.signature<args = ["x" : tensor<[2,?],f32>, "y" : tensor<[2,3],complex<f32>, strides [1,?]>, "z" : tensor<[2,?],f32, same arg 0>, "s" : tensor<[],ui8>]>
func.func private @arguments() attributes {
  empty = #mt.signature<>,
  numbers = #mt.signature<args = ["n" : number<i64>, "p" : number<f64, exact>, "b" : number<i1>,
    "k" : constant<3 : i64>, "f" : constant<true, exact>, "mode" : constant<"mean">,
    "c" : enum<"__torch__.Color", "RED", 1 : i64>]>,
  tensors = #mt.signature<args = ["x" : tensor<[2,?],f32>, "y" : tensor<[2,3],complex<f32>, strides [1,?]>,
    "z" : tensor<[2,?],f32, same arg 0>, "s" : tensor<[],ui8>]>
}

// CHECK-LABEL: @results
// CHECK-SAME: boxed = #mt.signature<result = list<[boxed<"List[Tensor]">, boxed<"Optional[float]", tagged>, complex, none]>>
// CHECK-SAME: containers = #mt.signature<result = tuple<[dict<["k" = number<i64>, 3 : i64 = none]>, list<[]>, tuple<[number<i64>], "P" ["x"]>]>>
// CHECK-SAME: related = #mt.signature<args = ["x" : tensor<[4,4],f32>], result = tuple<[tensor<[4,4],f32, same arg 0>, tensor<[2],f32, view result 0 offset 1 strides [4]>, tensor<[?],f32, placed arg 0>, tensor<[4,4],f32, alias result 0>, tensor<[4,4],f32, either>]>>
func.func private @results() attributes {
  boxed = #mt.signature<result = list<[boxed<"List[Tensor]">, boxed<"Optional[float]", tagged>, complex, none]>>,
  containers = #mt.signature<result = tuple<[dict<["k" = number<i64>, 3 = none]>, list<[]>,
    tuple<[number<i64>], "P" ["x"]>]>>,
  related = #mt.signature<args = ["x" : tensor<[4,4],f32>], result = tuple<[tensor<[4,4],f32, same arg 0>,
    tensor<[2],f32, view result 0 offset 1 strides [4]>, tensor<[?],f32, placed arg 0>,
    tensor<[4,4],f32, alias result 0>, tensor<[4,4],f32, either>]>>
}

// The order of what it says does not matter.

// CHECK-LABEL: @memory
// CHECK-SAME: mt.signature = #mt.signature<args = ["x" : tensor<[2,2],f32>, "y" : tensor<[2,2],f32>, "z" : tensor<[2,2],f32>],
// CHECK-SAME: state = ["a.b" : tensor<[2,2],f32> becomes same arg 0 written, "n" : number<i64>, "v" : tensor<[2],f32> becomes view result 0 offset 2 strides [1]],
// CHECK-SAME: result = none, mutated = [0, 1], contiguous = [0], whole = [1], distinct = {{\[\[}}0, 1], [0, 3]],
// CHECK-SAME: reshaped = [permuted<0, [1,-1,0]>, strided<1, sizes [2] strides [2] offset 1>, replaced<2, rank 3>],
// CHECK-SAME: classes = {__torch__.P = {{\[\[}}"x", "int"]]}>
func.func private @memory() attributes {mt.signature = #mt.signature<
  result = none, mutated = [0, 1],
  classes = {"__torch__.P" = [["x", "int"]]},
  args = ["x" : tensor<[2,2],f32>, "y" : tensor<[2,2],f32>, "z" : tensor<[2,2],f32>],
  state = ["a.b" : tensor<[2,2],f32> becomes same arg 0 written, "n" : number<i64>,
           "v" : tensor<[2],f32> becomes view result 0 offset 2 strides [1]],
  distinct = [[0, 1], [0, 3]], contiguous = [0], whole = [1],
  reshaped = [permuted<0, [1,-1,0]>, strided<1, sizes [2] strides [2] offset 1>, replaced<2, rank 3>]>}

// Every part is an attribute of its own.

// CHECK-LABEL: @parts
// CHECK-SAME: argument = #mt.argument<"x" : number<i64>>
// CHECK-SAME: relation = #mt.relation<view arg 0 offset 4 strides [4,1]>
// CHECK-SAME: state = #mt.state<"n" : number<i64>>
// CHECK-SAME: tensor = #mt.tensor<[2],f32>
func.func private @parts() attributes {
  argument = #mt.argument<"x" : number<i64>>,
  relation = #mt.relation<view arg 0 offset 4 strides [4,1]>,
  state = #mt.state<"n" : number<i64>>,
  tensor = #mt.tensor<[2],f32>
}
