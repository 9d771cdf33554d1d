// RUN: mt-opt %s --mt-infer-types --split-input-file --verify-diagnostics

func.func @broadcast(%a: !mt.tensor<[2,3],f32>, %b: !mt.tensor<[?,4],f32>) -> !mt.tensor {
  %alpha = arith.constant 1 : i64
  // expected-warning@+1 {{always raises RuntimeError: The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1}}
  %r = mt.aten.add.Tensor %a, %b, %alpha : (!mt.tensor<[2,3],f32>, !mt.tensor<[?,4],f32>, i64) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

func.func @matmul(%a: !mt.tensor<[2,3],f32>, %b: !mt.tensor<[4,5],f32>) -> !mt.tensor {
  // expected-warning@+1 {{mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)}}
  %r = mt.aten.mm %a, %b : (!mt.tensor<[2,3],f32>, !mt.tensor<[4,5],f32>) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

func.func @view(%x: !mt.tensor<[2,3],f32>) -> !mt.tensor {
  %m1 = arith.constant -1 : i64
  %c4 = arith.constant 4 : i64
  %size = mt.prim.list_construct %m1, %c4 : (i64, i64) -> !mt.list<i64>
  // expected-warning@+1 {{shape '[-1, 4]' is invalid for input of size 6}}
  %r = mt.aten.view %x, %size : (!mt.tensor<[2,3],f32>, !mt.list<i64>) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

func.func @dim(%x: !mt.tensor<[2,3],f32>) -> !mt.tensor {
  %c2 = arith.constant 2 : i64
  // expected-warning@+1 {{Dimension out of range (expected to be in range of [-2, 1], but got 2)}}
  %r = mt.aten.select.int %x, %c2, %c2 : (!mt.tensor<[2,3],f32>, i64, i64) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

func.func @cat(%a: !mt.tensor<[2,3],f32>, %b: !mt.tensor<[2,4],f32>) -> !mt.tensor {
  %c0 = arith.constant 0 : i64
  %l = mt.prim.list_construct %a, %b : (!mt.tensor<[2,3],f32>, !mt.tensor<[2,4],f32>) -> !mt.list<!mt.tensor>
  // expected-warning@+1 {{Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4 for tensor number 1 in the list.}}
  %r = mt.aten.cat %l, %c0 : (!mt.list<!mt.tensor>, i64) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

func.func @channels(%x: !mt.tensor<[1,3,8,8],f32>, %w: !mt.tensor<[4,2,3,3],f32>) -> !mt.tensor {
  %none = mt.constant.none
  %c1 = arith.constant 1 : i64
  %c0 = arith.constant 0 : i64
  %one = mt.prim.list_construct %c1 : (i64) -> !mt.list<i64>
  %zero = mt.prim.list_construct %c0 : (i64) -> !mt.list<i64>
  // expected-warning@+1 {{has 3 channels; the weight's, [4, 2, 3, 3], expects 2}}
  %r = mt.aten.conv2d %x, %w, %none, %one, %zero, %one, %c1 : (!mt.tensor<[1,3,8,8],f32>, !mt.tensor<[4,2,3,3],f32>, !mt.none, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i64) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

func.func @negative_size() -> !mt.tensor {
  %none = mt.constant.none
  %m2 = arith.constant -2 : i64
  %size = mt.prim.list_construct %m2 : (i64) -> !mt.list<i64>
  // expected-warning@+1 {{the result would have a negative size, -2}}
  %r = mt.aten.zeros %size, %none, %none, %none, %none : (!mt.list<i64>, !mt.none, !mt.none, !mt.none, !mt.none) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

func.func @product_dtypes(%x: !mt.tensor<[2,3],f64>, %w: !mt.tensor<[4,3],f32>) -> !mt.tensor {
  %none = mt.constant.none
  // expected-warning@+1 {{expected m1 and m2 to have the same dtype, but got: double != float}}
  %r = mt.aten.linear %x, %w, %none : (!mt.tensor<[2,3],f64>, !mt.tensor<[4,3],f32>, !mt.none) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

// A batch's error names the sizes of the other operand that would fit.
func.func @batches(%a: !mt.tensor<[2,3,4],f32>, %b: !mt.tensor<[2,3,4],f32>) -> !mt.tensor {
  // expected-warning@+1 {{Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got: [2, 3].}}
  %r = mt.aten.bmm %a, %b : (!mt.tensor<[2,3,4],f32>, !mt.tensor<[2,3,4],f32>) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

// A mask is an index of its own even where it takes no dimension.
func.func @put_at_mask(%x: !mt.tensor<[],f32>, %m: !mt.tensor<[],i1>, %v: !mt.tensor<[],f32>) -> !mt.tensor {
  %false = arith.constant false
  %l = mt.prim.list_construct %m : (!mt.tensor<[],i1>) -> !mt.list<!mt.tensor>
  // expected-warning@+1 {{too many indices for tensor of dimension 0 (got 1)}}
  %r = mt.aten.index_put %x, %l, %v, %false : (!mt.tensor<[],f32>, !mt.list<!mt.tensor>, !mt.tensor<[],f32>, i1) -> !mt.tensor
  return %r : !mt.tensor
}

// -----

func.func @put_too_many(%x: !mt.tensor<[3,4],f32>, %i: !mt.tensor<[1],i64>, %v: !mt.tensor<[3],f32>) -> !mt.tensor {
  %false = arith.constant false
  %l = mt.prim.list_construct %i : (!mt.tensor<[1],i64>) -> !mt.list<!mt.tensor>
  // expected-warning@+1 {{shape mismatch: value tensor of shape [3] cannot be broadcast to indexing result of shape [1, 4]}}
  %r = mt.aten.index_put %x, %l, %v, %false : (!mt.tensor<[3,4],f32>, !mt.list<!mt.tensor>, !mt.tensor<[3],f32>, i1) -> !mt.tensor
  return %r : !mt.tensor
}
