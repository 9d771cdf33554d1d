// REQUIRES: mt-run
// RUN: split-file %s %t
// RUN: not mt-run %t/data.mlir --dump-stage=llvm-ir 2>&1 | FileCheck %s --check-prefix=DATA
// RUN: not mt-run %t/size.mlir --dump-stage=llvm-ir 2>&1 | FileCheck %s --check-prefix=SIZE
// RUN: not mt-run %t/interface.mlir --dump-stage=llvm-ir 2>&1 | FileCheck %s --check-prefix=INTERFACE

//--- data.mlir
// DATA: error: constant 'w':
// DATA-NEXT: the data of the constant 'w' is not in the file
module attributes {mt.constants = {w = dense_resource<w> : tensor<4xf32>}} {
}

//--- size.mlir
// SIZE: error: constant 'w':
// SIZE-NEXT: a constant has 8 bytes of data instead of 16
module attributes {mt.constants = {w = dense_resource<w> : tensor<4xf32>}} {
}
{-# dialect_resources: { builtin: { w: "0x040000000000803F0000803F" } } #-}

//--- interface.mlir
// INTERFACE: error: function 'f' has no C interface
llvm.func @f() {
  llvm.return
}
