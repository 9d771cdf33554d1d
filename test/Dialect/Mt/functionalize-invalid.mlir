// RUN: mt-opt %s --split-input-file --mt-functionalize --verify-diagnostics

// A view of one of two tensors, made where it is not known which.

func.func @either(%x: !mt.tensor<[3,3],f32>, %c: i1) -> !mt.tensor<[3,3],f32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %a = mt.aten.relu %x : (!mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32>
  %y = mt.prim.if %c -> (!mt.tensor<[3],f32>) {
    %v = mt.aten.select.int %a, %c0, %c0 : (!mt.tensor<[3,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
    mt.prim.yield %v : !mt.tensor<[3],f32>
  } else {
    %v = mt.aten.select.int %a, %c0, %c1 : (!mt.tensor<[3,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
    mt.prim.yield %v : !mt.tensor<[3],f32>
  }
  // expected-error @below {{cannot functionalize 'aten::add_.Scalar': it writes to a tensor that may or may not share its memory with another one, which is read later}}
  %w = mt.operator "aten::add_.Scalar"(%y, %c1, %c1) : (!mt.tensor<[3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  // expected-note @below {{read here by 'aten::neg'}}
  %r = mt.aten.neg %a : (!mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32>
  return %r : !mt.tensor<[3,3],f32>
}

// -----

// A list has it, and is read.

func.func @in_a_list(%a: !mt.tensor<[3],f32>) -> !mt.tensor {
  %c0 = arith.constant 0 : i64
  %l = mt.prim.list_construct : () -> !mt.list<!mt.tensor<[3],f32>>
  %x = mt.aten.relu %a : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %m = mt.operator "aten::append.t"(%l, %x) : (!mt.list<!mt.tensor<[3],f32>>, !mt.tensor<[3],f32>) -> !mt.list<!mt.tensor<[3],f32>>
  // expected-error @below {{cannot functionalize 'aten::zero_': it writes to a tensor while a list, tuple, dict or object holds it, which is read later}}
  %w = mt.operator "aten::zero_"(%x) : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  // expected-note @below {{read here by 'aten::stack'}}
  %s = mt.aten.stack %l, %c0 : (!mt.list<!mt.tensor<[3],f32>>, i64) -> !mt.tensor
  return %s : !mt.tensor
}

// -----

// Several elements of an expanded tensor are one in memory.

func.func @expanded(%a: !mt.tensor<[3],f32>) -> !mt.tensor<[3],f32> {
  %c2 = arith.constant 2 : i64
  %c3 = arith.constant 3 : i64
  %c1 = arith.constant 1 : i64
  %false = arith.constant false
  %x = mt.aten.relu %a : (!mt.tensor<[3],f32>) -> !mt.tensor<[3],f32>
  %s = mt.prim.list_construct %c2, %c3 : (i64, i64) -> !mt.list<i64>
  // expected-note @below {{the view is made here}}
  %e = mt.aten.expand %x, %s, %false : (!mt.tensor<[3],f32>, !mt.list<i64>, i1) -> !mt.tensor<[2,3],f32>
  // expected-error @below {{cannot functionalize 'aten::add_.Scalar': it is a view by 'aten::expand', in which several elements may be one in memory}}
  %w = mt.operator "aten::add_.Scalar"(%e, %c2, %c1) : (!mt.tensor<[2,3],f32>, i64, i64) -> !mt.tensor<[2,3],f32>
  return %x : !mt.tensor<[3],f32>
}

// -----

func.func @resize(%x: !mt.tensor<[3],f32>, %s: !mt.list<i64>) {
  %none = mt.constant.none
  // expected-error @below {{cannot functionalize 'aten::resize_': it changes the shape or the memory of an existing tensor}}
  %w = mt.operator "aten::resize_"(%x, %s, %none) : (!mt.tensor<[3],f32>, !mt.list<i64>, !mt.none) -> !mt.tensor
  return
}

// -----

// Column 1 is written with row 0: its first element is also the second to be
// read.

func.func @overlap(%a: !mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %false = arith.constant false
  %x = mt.aten.relu %a : (!mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32>
  %t = mt.aten.t %x : (!mt.tensor<[3,3],f32>) -> !mt.tensor<[3,3],f32>
  %row = mt.aten.select.int %x, %c0, %c0 : (!mt.tensor<[3,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  %column = mt.aten.select.int %t, %c0, %c1 : (!mt.tensor<[3,3],f32>, i64, i64) -> !mt.tensor<[3],f32>
  // expected-error @below {{cannot functionalize 'aten::copy_': it writes to elements that it reads as others; clone the operand that it reads}}
  %w = mt.operator "aten::copy_"(%column, %row, %false) : (!mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i1) -> !mt.tensor<[3],f32>
  return %x : !mt.tensor<[3,3],f32>
}

// -----

// out= gives its tensor other sizes, if need be.

func.func @out_of_unknown_size(%a: !mt.tensor<[?],f32>, %b: !mt.tensor<[?],f32>) -> !mt.tensor<[?],f32> {
  %c1 = arith.constant 1 : i64
  %x = mt.aten.relu %a : (!mt.tensor<[?],f32>) -> !mt.tensor<[?],f32>
  // expected-error @+1 {{cannot functionalize 'aten::add.out': its out argument may not have the sizes of its result}}
  %w = mt.operator "aten::add.out"(%a, %b, %c1, %x) : (!mt.tensor<[?],f32>, !mt.tensor<[?],f32>, i64, !mt.tensor<[?],f32>) -> !mt.tensor<[?],f32>
  return %x : !mt.tensor<[?],f32>
}
