//===- MiniTorch-c/Objects.h - Boxed values of a program ----------*- C -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// TorchScript's strings, containers, instances and tensors as counted objects.
//
// Layouts are part of the interface: compiled code may inline what a comment
// here describes.
//
// Ownership. Arguments are borrowed, results are owned by the caller, unless a
// comment says otherwise. Pointers to objects are never null, except where None
// is meant.
//
// Numbers in calls: int is int64_t; float is double; bool is an int64_t of 0
// or 1; complex is two doubles, and an mtrt_complex as a result. A value of
// unknown type is two 64-bit arguments (tag, bits), and an mtrt_value as a
// result.
//
// Errors are raised as mtrt_raise does. The functions of the operators, and
// which of them may raise, are in MiniTorch-c/RuntimeOps.h, generated from
// include/MiniTorch/Conversion/RuntimeOps.txt.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_C_OBJECTS_H
#define MINITORCH_C_OBJECTS_H

#include "MiniTorch-c/Runtime.h"

#ifdef __cplusplus
#define MTRT_NOEXCEPT noexcept
extern "C" {
#else
#define MTRT_NOEXCEPT
#endif

//===----------------------------------------------------------------------===//
// Headers and counts
//===----------------------------------------------------------------------===//

/// What every object starts with. The sign of `count` says who may hold it:
///   > 0  one thread; plain arithmetic
///   < 0  several threads; atomic, counting downwards
///   0    immortal: never counted, never freed
/// A count that reaches INT32_MAX or INT32_MIN stays there.
///
/// The fast path of retain: `if (count > 0 && count != INT32_MAX) ++count;`.
/// Of release: `if (count > 1 && count != INT32_MAX) --count;`. Everything else
/// is a call.
typedef struct mtrt_object {
  int32_t count;
  /// MTRT_KIND_*.
  uint16_t kind;
  /// MTRT_FLAG_*; the classes of a container's elements.
  uint16_t flags;
  /// Number of its type (mtrt_type_intern); 0 if nobody asks for it.
  uint32_t type;
  /// A string's hash.
  uint32_t extra;
} mtrt_object;

enum {
  MTRT_KIND_STR = 1,
  MTRT_KIND_LIST = 2,
  MTRT_KIND_DICT = 3,
  MTRT_KIND_TUPLE = 4,
  MTRT_KIND_INSTANCE = 5,
  MTRT_KIND_ENUM = 6,
  MTRT_KIND_TENSOR = 7,
  MTRT_KIND_STORAGE = 8,
  MTRT_KIND_COMPLEX = 9,
  MTRT_KIND_FUTURE = 10
};

/// Flags: bits 0-2 are the class of a list's elements or of a dict's keys, bits
/// 3-5 that of a dict's values; bit 15 is set while a shared container changes.
enum {
  MTRT_CLASS_INT = 0,     /* i: int64_t */
  MTRT_CLASS_FLOAT = 1,   /* f: double */
  MTRT_CLASS_BOOL = 2,    /* b: one byte, 0 or 1 */
  MTRT_CLASS_COMPLEX = 3, /* c: mtrt_complex */
  MTRT_CLASS_OBJECT = 4,  /* o: mtrt_object *; null is None */
  MTRT_CLASS_VALUE = 5,   /* v: mtrt_value */
  MTRT_FLAG_LOCKED = 1 << 15
};

/// A value whose type is known at run time only.
typedef struct mtrt_value {
  int64_t tag;
  int64_t bits;
} mtrt_value;

enum {
  MTRT_TAG_NONE = 0,   /* bits is 0 */
  MTRT_TAG_BOOL = 1,   /* 0 or 1 */
  MTRT_TAG_INT = 2,    /* also dtypes, layouts, memory formats */
  MTRT_TAG_FLOAT = 3,  /* the bits of a double */
  MTRT_TAG_OBJECT = 4, /* a pointer to an object, never null */
  MTRT_TAG_DEVICE = 5  /* type << 8 | (index + 1); type 0 is cpu, 1 is cuda */
};

typedef struct mtrt_complex {
  double re, im;
} mtrt_complex;

/// Null is fine for all of these. release frees an object with the last
/// reference to it, and what only it held, however long the chain.
MTRT_EXPORT void mtrt_object_retain(mtrt_object *object) MTRT_NOEXCEPT;
MTRT_EXPORT void mtrt_object_release(mtrt_object *object) MTRT_NOEXCEPT;
MTRT_EXPORT void mtrt_value_retain(int64_t tag, int64_t bits) MTRT_NOEXCEPT;
MTRT_EXPORT void mtrt_value_release(int64_t tag, int64_t bits) MTRT_NOEXCEPT;

/// Marks an object, and all it reaches, as shared between threads: before
/// another thread can see it. What is stored into a shared object is marked
/// then. There is no way back.
MTRT_EXPORT void mtrt_object_share(mtrt_object *object);
/// Marks an object, and all it reaches, as immortal.
MTRT_EXPORT void mtrt_object_immortalize(mtrt_object *object);

/// Objects of the process that are neither freed nor immortal.
MTRT_EXPORT int64_t mtrt_object_live_count(void);

//===----------------------------------------------------------------------===//
// References that compiled frames own
//===----------------------------------------------------------------------===//

/// A compiled function that holds references across a call that may raise has
/// one of these in its stack frame, with one slot a reference. It stores a
/// reference in its slot once it owns it, and null once it gave it away. What
/// raises takes the references out of all slots between it and the call that
/// catches, which releases them.
typedef struct mtrt_roots {
  struct mtrt_roots *outer;
  int64_t count;
  mtrt_object *slots[1]; /* `count` of them */
} mtrt_roots;

/// Sets every slot to null and links the frame; leave unlinks it.
MTRT_EXPORT void mtrt_roots_enter(mtrt_roots *roots,
                                  int64_t count) MTRT_NOEXCEPT;
MTRT_EXPORT void mtrt_roots_leave(mtrt_roots *roots) MTRT_NOEXCEPT;
/// Where this thread's innermost frame stands, for inlining the two above.
MTRT_EXPORT mtrt_roots **mtrt_roots_chain(void) MTRT_NOEXCEPT;

/// Where this thread keeps the place in the program ("a.py:3:4", or null) that
/// it says for an error which has none of its own.
MTRT_EXPORT const char **mtrt_place(void);

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// The number of a type by its text: one number a text for the whole process,
/// never 0. A text is a word (int, float, bool, complex, str, None, Tensor,
/// Device, number, Any; list and tuple for any of these; a class's qualified
/// name), or has parts:
///
///   List[int]  Dict[str, int]  Tuple[int, str]  Optional[int]  Union[int, str]
///   Enum[the class]  NamedTuple[the class, first: int, second: str]
MTRT_EXPORT uint32_t mtrt_type_intern(const char *name, int64_t size);
/// Text of a number, terminated by zero; lives forever. "" for 0.
MTRT_EXPORT const char *mtrt_type_name(uint32_t type);
/// The number of an object's type; 0 for other values.
MTRT_EXPORT int64_t mtrt_value_type(int64_t tag, int64_t bits) MTRT_NOEXCEPT;
/// Whether a value is of a type, as TorchScript's isinstance says: lists and
/// dicts by the type they were made with, plain tuples by what is in them.
/// Raises where a list or dict was made without one and that matters.
MTRT_EXPORT int64_t mtrt_value_is_instance(int64_t tag, int64_t bits,
                                           int64_t type);
/// Types of a container's elements: one for a list, key and value for a dict,
/// one a field for a tuple. Copied; those of a text with parts are known.
MTRT_EXPORT void mtrt_type_set_elements(uint32_t type, int64_t count,
                                        const uint32_t *elements);
/// A class's `__lt__`, for sorting; borrows both, returns 0 or 1, may raise.
typedef int64_t (*mtrt_less)(mtrt_object *, mtrt_object *);
MTRT_EXPORT void mtrt_type_set_less(uint32_t type, mtrt_less less);

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

/// Bytes, not terminated. Immutable, except that a function which takes a
/// string whose only reference it gets may change it. A constant may be a
/// global of count 0 with `capacity` 0.
typedef struct mtrt_str {
  mtrt_object object; /* extra: the hash, or 0 before somebody asked */
  int64_t size;
  char *data;       /* right behind the object, or a block of its own */
  int64_t capacity; /* of `data`; 0 where it is full and behind the object */
} mtrt_str;
MTRT_EXPORT mtrt_object *mtrt_str_make(const char *data, int64_t size);

typedef struct mtrt_list {
  mtrt_object object; /* flags: MTRT_CLASS_* of the items */
  void *items;        /* null while `capacity` is 0 */
  int64_t size, capacity;
} mtrt_list;
/// `type` is the list's class and the number of its type: flags << 32 | type.
/// `items` are copied and retained; null makes room for `size` of them in an
/// empty list.
MTRT_EXPORT mtrt_object *mtrt_list_make(int64_t type, int64_t size,
                                        const void *items);

/// Item `index`, which is in range, of a list of any class; owned.
MTRT_EXPORT mtrt_value mtrt_list_item(mtrt_object *list, int64_t index);
/// Appends a value that the list's class has room for.
MTRT_EXPORT void mtrt_list_add(mtrt_object *list, int64_t tag, int64_t bits);

/// Keys: int, float, bool, complex or str by value, tensors by identity. `type`
/// as for a list.
MTRT_EXPORT mtrt_object *mtrt_dict_make(int64_t type);
/// Entry `index` of the insertion order, counted without removed ones: stores
/// key and value, borrowed, and returns 1; or returns 0 behind the last.
MTRT_EXPORT int64_t mtrt_dict_entry(mtrt_object *dict, int64_t index,
                                    mtrt_value *key,
                                    mtrt_value *value) MTRT_NOEXCEPT;

/// A tuple, or an instance of a class (its fields in order of declaration).
typedef struct mtrt_tuple {
  mtrt_object object;
  int64_t size;
  mtrt_value items[1]; /* `size` of them */
} mtrt_tuple;
/// `items` are copied and retained.
MTRT_EXPORT mtrt_object *mtrt_tuple_make(int64_t type, int64_t size,
                                         const mtrt_value *items);
/// Every field is None.
MTRT_EXPORT mtrt_object *mtrt_instance_make(int64_t type, int64_t size);
/// A field of a tuple or an instance; owned.
MTRT_EXPORT mtrt_value mtrt_field_get(mtrt_object *object,
                                      int64_t index) MTRT_NOEXCEPT;
MTRT_EXPORT void mtrt_field_set(mtrt_object *object, int64_t index, int64_t tag,
                                int64_t bits) MTRT_NOEXCEPT;

/// A member of an enum whose class is `type`, the number of its qualified name.
/// Members are compared by identity: make each once, as mtrt_enum_member does.
typedef struct mtrt_enum {
  mtrt_object object;
  mtrt_object *name; /* a string */
  mtrt_value value;
} mtrt_enum;
MTRT_EXPORT mtrt_object *mtrt_enum_make(int64_t type, mtrt_object *name,
                                        int64_t tag, int64_t bits);
/// The one immortal object for a member of this class, name and value, which is
/// a number or a string.
MTRT_EXPORT mtrt_object *mtrt_enum_member(int64_t type, mtrt_object *name,
                                          int64_t tag, int64_t bits);

/// A complex number where a value is 8 bytes.
typedef struct mtrt_complex_object {
  mtrt_object object;
  mtrt_complex value;
} mtrt_complex_object;
MTRT_EXPORT mtrt_object *mtrt_complex_make(double re, double im);
/// The same as a value; owned.
MTRT_EXPORT mtrt_value mtrt_complex_value(double re, double im);

/// Memory that tensors share.
typedef struct mtrt_storage {
  mtrt_object object; /* extra: MTRT_STORAGE_* */
  void *data;
  int64_t bytes;
  void (*free)(void *owner); /* null: nothing to do */
  void *owner;
} mtrt_storage;
enum {
  /// A constant of the program: nobody may write to it.
  MTRT_STORAGE_CONSTANT = 1
};
/// Memory of somebody else, which `free(owner)` gives back.
MTRT_EXPORT mtrt_object *mtrt_storage_make(void *data, int64_t bytes,
                                           void (*free)(void *owner),
                                           void *owner);
/// New memory, aligned to 64 bytes, not zeroed.
MTRT_EXPORT mtrt_object *mtrt_storage_allocate(int64_t bytes);

/// A view of a storage. `dtype` is PyTorch's number. Offset, sizes and strides
/// count elements.
typedef struct mtrt_tensor {
  mtrt_object object;
  mtrt_storage *storage;
  int64_t offset;
  int32_t dtype;
  int32_t rank;
  int64_t *dims;    /* rank sizes, then rank strides; right behind the tensor,
                       or a block of its own */
  int64_t capacity; /* 0 unless `dims` is a block of its own */
} mtrt_tensor;
MTRT_EXPORT mtrt_object *mtrt_tensor_make(mtrt_object *storage, int64_t dtype,
                                          int64_t rank, int64_t offset,
                                          const int64_t *sizes,
                                          const int64_t *strides);
/// The fields that views change, of the same storage; the new tensor's dtype.
MTRT_EXPORT mtrt_object *mtrt_tensor_view(mtrt_object *tensor, int64_t rank,
                                          int64_t offset, const int64_t *sizes,
                                          const int64_t *strides);
/// Fills {allocated, aligned, offset, sizes, strides} with where the tensor
/// lies: borrowed memory.
MTRT_EXPORT void mtrt_tensor_describe(mtrt_object *tensor,
                                      void *descriptor) MTRT_NOEXCEPT;

/// As mtrt_keep_int, of any value; `name` is a string.
MTRT_EXPORT void mtrt_keep_value(mtrt_object *name, int64_t tag,
                                 int64_t bits) MTRT_NOEXCEPT;
/// What a call that raised has written: entry `index` of the frame, in no
/// order. Stores its name (see mtrt_keep_int), which lives as long as the
/// frame, and its value, borrowed, and returns 1; or returns 0 behind the last.
MTRT_EXPORT int64_t mtrt_frame_kept(const mtrt_frame *frame, int64_t index,
                                    const char **name,
                                    mtrt_value *value) MTRT_NOEXCEPT;

/// Between tensors of the compiled program, which come as unranked memrefs
/// spread over two arguments (rank, descriptor) behind their element size in
/// bytes, and objects. All copy.
///
/// A new tensor of these contents, contiguous.
MTRT_EXPORT mtrt_object *mtrt_tensor_box(int64_t dtype, int64_t elementSize,
                                         int64_t rank, void *descriptor);
/// A tensor over the memory of a constant, which has to outlive it.
MTRT_EXPORT mtrt_object *mtrt_tensor_refer(int64_t dtype, int64_t elementSize,
                                           int64_t rank, void *descriptor);
MTRT_EXPORT int64_t mtrt_tensor_size(mtrt_object *tensor,
                                     int64_t dim) MTRT_NOEXCEPT;
/// Fills a tensor of the same sizes and dtype; raises for others.
MTRT_EXPORT void mtrt_tensor_read(mtrt_object *tensor, int64_t dtype,
                                  int64_t elementSize, int64_t rank,
                                  void *descriptor);
/// x.tolist(): a number, or lists in lists; owned. `dim` and `declared` (0 int,
/// 1 float, 2 bool) are the depth and the numbers that the program declares;
/// raises for a tensor of others.
MTRT_EXPORT mtrt_value mtrt_tensor_to_list(mtrt_object *tensor, int64_t dim,
                                           int64_t declared);
/// A size of a tensor in a list; the sum of all tensors' sizes along `dim`.
MTRT_EXPORT int64_t mtrt_list_item_size(mtrt_object *list, int64_t index,
                                        int64_t dim);
MTRT_EXPORT int64_t mtrt_list_cat_size(mtrt_object *list, int64_t dim);
/// torch.cat and torch.stack of a list of tensors of one dtype along `dim`,
/// which is not negative, into a tensor of the right sizes.
MTRT_EXPORT void mtrt_list_cat(mtrt_object *list, int64_t dim, int64_t dtype,
                               int64_t elementSize, int64_t rank,
                               void *descriptor);
MTRT_EXPORT void mtrt_list_stack(mtrt_object *list, int64_t dim, int64_t dtype,
                                 int64_t elementSize, int64_t rank,
                                 void *descriptor);

#ifdef __cplusplus
}
#endif

#include "MiniTorch-c/RuntimeOps.h"

#endif // MINITORCH_C_OBJECTS_H
