// REQUIRES: mt-run
// RUN: mt-run %s --dump-stage=llvm | FileCheck %s

// Functions that nobody gave a signature have one by their types.

// CHECK: llvm.func @forward
// CHECK-SAME: mt.signature = "{\22args\22:[{\22name\22:\22arg0\22,\22type\22:{\22dtype\22:\22f32\22,\22shape\22:[-1,4],\22t\22:\22tensor\22}},{\22name\22:\22arg1\22,\22type\22:{\22t\22:\22int\22}}],\22mutated\22:[],\22result\22:{\22t\22:\22tuple\22,\22v\22:[{\22t\22:\22bool\22},{\22t\22:\22float\22}]},\22state\22:[]}"
func.func @forward(%x: tensor<?x4xf32>, %n: i64) -> (i1, f64) {
  %true = arith.constant true
  %one = arith.constant 1.0 : f64
  return %true, %one : i1, f64
}
