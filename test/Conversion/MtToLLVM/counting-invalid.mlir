// RUN: mt-opt %s --convert-mt-to-llvm --split-input-file --verify-diagnostics

func.func @no_frame(%s: !mt.str) {
  // expected-error @+1 {{needs the frame of 'mt.enter_roots'}}
  mt.root %s in 0 : !mt.str
  return
}

// -----

func.func @slot(%s: !mt.str) {
  mt.enter_roots 1
  // expected-error @+1 {{slot 1 of a frame of 1}}
  mt.root %s in 1 : !mt.str
  return
}

// -----

func.func @frames() {
  mt.enter_roots 1
  // expected-error @+1 {{a function has one frame of root slots}}
  mt.enter_roots 1
  return
}

// -----

func.func @in_branch(%c: i1) {
  scf.if %c {
    // expected-error @+1 {{belongs in the entry block of a function}}
    mt.enter_roots 1
  }
  return
}
