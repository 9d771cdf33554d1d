// RUN: not mt-opt %s --mt-specialize="inputs=2xf32,2xf32" 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not mt-opt %s --mt-specialize="inputs=2xq32" 2>&1 | FileCheck %s --check-prefix=WORD
// RUN: not mt-opt %s --mt-specialize="inputs=(f32" 2>&1 | FileCheck %s --check-prefix=CLOSE

// MANY: the inputs give more types than the 1 arguments that the method takes
// WORD: inputs: '2xq32' is not a type
// CLOSE: inputs: expected ')'
func.func @forward(%x: !mt.tensor) -> !mt.tensor {
  return %x : !mt.tensor
}
