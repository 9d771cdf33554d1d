// RUN: mt-opt %s --split-input-file --verify-diagnostics

// A signature says what it is about, and names only what there is.

// expected-error @+1 {{has a 'mt.signature' that is no #mt.signature<...>: "args"}}
func.func private @text() attributes {mt.signature = "args"}

// -----

// expected-error @+1 {{a signature has no 'arguments'; expected args, state, result, mutated, contiguous, whole, distinct, reshaped or classes}}
func.func private @key() attributes {mt.signature = #mt.signature<arguments = []>}

// -----

// expected-error @+1 {{'args' is given twice}}
func.func private @twice() attributes {mt.signature = #mt.signature<args = [], args = []>}

// -----

// expected-error @+1 {{'text' is no attribute of the mt dialect}}
func.func private @slot() attributes {mt.signature = #mt.signature<result = text>}

// -----

// expected-error @+1 {{expected a slot (tensor, number, tuple, ...), got #mt.relation<either>}}
func.func private @no_slot() attributes {mt.signature = #mt.signature<result = relation<either>>}

// -----

// expected-error @+1 {{a number is i64, f64 or i1, not 'i32'}}
func.func private @number() attributes {mt.signature = #mt.signature<result = number<i32>>}

// -----

// expected-error @+1 {{a constant is an i64, f64, i1 or string, not 3 : i32}}
func.func private @constant() attributes {mt.signature = #mt.signature<result = constant<3 : i32>>}

// -----

// expected-error @+1 {{not a tensor element type: 'i7'}}
func.func private @dtype() attributes {mt.signature = #mt.signature<result = tensor<[2],i7>>}

// -----

// expected-error @+1 {{a tensor has 1 strides for 2 sizes}}
func.func private @strides() attributes {mt.signature = #mt.signature<args = ["x" : tensor<[2,3],f32, strides [1]>]>}

// -----

// expected-error @+1 {{expected 'same', 'alias', 'view', 'placed' or 'either', got 'equal'}}
func.func private @relation() attributes {mt.signature = #mt.signature<result = tensor<[2],f32, equal arg 0>>}

// -----

// expected-error @+1 {{a view of sizes that are not known is 'placed'}}
func.func private @view() attributes {mt.signature = #mt.signature<result = tensor<[?],f32, view result 0 offset 0 strides [1]>>}

// -----

// expected-error @+1 {{a tuple has 1 names for 2 items}}
func.func private @fields() attributes {mt.signature = #mt.signature<result = tuple<[none, none], "P" ["x"]>>}

// -----

// expected-error @+1 {{argument 'x' is 'alias', which only results are}}
func.func private @alias() attributes {mt.signature = #mt.signature<args = ["x" : tensor<[2],f32, alias arg 0>]>}

// -----

// expected-error @+1 {{argument 'y' is related to arg 1 of 1}}
func.func private @later() attributes {mt.signature = #mt.signature<args = ["x" : tensor<[2],f32>, "y" : tensor<[2],f32, same arg 1>]>}

// -----

// expected-error @+1 {{the result is related to result 1 of 1}}
func.func private @result() attributes {mt.signature = #mt.signature<result = tensor<[2],f32, same result 1>>}

// -----

// expected-error @+1 {{attribute 'a' is related to arg 2 of 1}}
func.func private @after() attributes {mt.signature = #mt.signature<state = ["a" : tensor<[2],f32> becomes same arg 2]>}

// -----

// expected-error @+1 {{attribute "a" becomes 'either', which only results are}}
func.func private @becomes() attributes {mt.signature = #mt.signature<state = ["a" : tensor<[2],f32> becomes either]>}

// -----

// expected-error @+1 {{'contiguous' names leaf 1 of 1}}
func.func private @leaf() attributes {mt.signature = #mt.signature<args = ["x" : tensor<[2],f32>, "s" : constant<"mean">], contiguous = [1]>}

// -----

// expected-error @+1 {{'reshaped' names leaf 0, which is no tensor}}
func.func private @reshaped() attributes {mt.signature = #mt.signature<args = ["n" : number<i64>], reshaped = [replaced<0, rank 1>]>}

// -----

// expected-error @+1 {{'permuted' names dim 2 of 2}}
func.func private @permuted() attributes {mt.signature = #mt.signature<args = ["x" : tensor<[2,2],f32>], reshaped = [permuted<0, [1,2]>]>}

// -----

// expected-error @+1 {{'strided' has to have as many strides as sizes, and nothing that is negative}}
func.func private @strided() attributes {mt.signature = #mt.signature<args = ["x" : tensor<[2],f32>], reshaped = [strided<0, sizes [2] strides [] offset 0>]>}

// -----

// expected-error @+1 {{class "P" has to be an array of [name, type's name]}}
func.func private @classes() attributes {mt.signature = #mt.signature<classes = {P = ["x"]}>}
