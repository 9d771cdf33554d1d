//===- Zip.cpp - Archives of arrays -------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Values/Npz.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <zip.h>

using namespace llvm;
using namespace minitorch;

static std::string openError(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

static Expected<Bytes> readEntry(zip_t *archive, zip_uint64_t index) {
  zip_stat_t stat;
  if (zip_stat_index(archive, index, 0, &stat) != 0 ||
      !(stat.valid & ZIP_STAT_SIZE))
    return createStringError(zip_strerror(archive));
  Bytes bytes;
  bytes.size = stat.size;
  // Deflate cannot shrink data more than that: a larger claim is a lie.
  if ((stat.valid & ZIP_STAT_COMP_SIZE) && stat.size / 1100 > stat.comp_size)
    return createStringError("the entry's size is not plausible");
  bytes.data.reset(
      static_cast<char *>(std::aligned_alloc(64, (bytes.size / 64 + 1) * 64)),
      std::free);
  if (!bytes.data)
    return createStringError("out of memory for %zu bytes", bytes.size);
  zip_file_t *file = zip_fopen_index(archive, index, 0);
  if (!file)
    return createStringError(zip_strerror(archive));
  scope_exit close([&] { zip_fclose(file); });
  size_t done = 0;
  while (done < bytes.size) {
    zip_int64_t count =
        zip_fread(file, bytes.data.get() + done, bytes.size - done);
    if (count <= 0)
      return createStringError(count < 0 ? zip_file_strerror(file)
                                         : "the entry is truncated");
    done += count;
  }
  // The checksum is compared at the end.
  char more;
  if (zip_fread(file, &more, 1) != 0)
    return createStringError(zip_file_strerror(file));
  return bytes;
}

Expected<ZipEntries> minitorch::readZip(StringRef path) {
  int code = 0;
  zip_t *archive = zip_open(path.str().c_str(), ZIP_RDONLY, &code);
  if (!archive)
    return createStringError("cannot open '" + path + "': " + openError(code));
  scope_exit close([&] { zip_discard(archive); });
  ZipEntries entries;
  for (zip_int64_t i = 0, e = zip_get_num_entries(archive, 0); i < e; ++i) {
    const char *name = zip_get_name(archive, i, ZIP_FL_ENC_RAW);
    if (!name)
      return createStringError("cannot read '" + path +
                               "': " + zip_strerror(archive));
    auto bytes = readEntry(archive, i);
    if (!bytes)
      return createStringError("cannot read '" + Twine(name) + "' in '" + path +
                               "': " + toString(bytes.takeError()));
    entries[name] = std::move(*bytes);
  }
  return entries;
}

void ZipWriter::addText(std::string name, std::string text) {
  entries.push_back({std::move(name), std::move(text), nullptr});
}

void ZipWriter::addArray(const std::string &name, const TensorRef &tensor) {
  TensorRef contiguous = makeContiguous(tensor);
  entries.push_back({name + ".npy", npyHeader(*tensor), contiguous});
}

/// Writes the archive to a file of its own.
template <typename Entries>
static Error writeArchive(const std::string &path, const Entries &entries) {
  int code = 0;
  zip_t *archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (!archive)
    return createStringError("cannot write '" + path + "': " + openError(code));
  auto fail = [&]() -> Error {
    Error error = createStringError("cannot write '" + path +
                                    "': " + zip_strerror(archive));
    zip_discard(archive);
    return error;
  };
  for (const auto &entry : entries) {
    zip_buffer_fragment_t parts[2] = {};
    parts[0].data =
        reinterpret_cast<zip_uint8_t *>(const_cast<char *>(entry.head.data()));
    parts[0].length = entry.head.size();
    zip_uint64_t count = 1;
    if (entry.tensor && entry.tensor->numElements() != 0) {
      parts[1].data = reinterpret_cast<zip_uint8_t *>(entry.tensor->data);
      parts[1].length =
          entry.tensor->numElements() * byteSize(entry.tensor->dtype);
      count = 2;
    }
    zip_source_t *source =
        zip_source_buffer_fragment(archive, parts, count, /*freep=*/0);
    if (!source)
      return fail();
    zip_int64_t index =
        zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return fail();
    }
    if (zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) != 0 ||
        // The same contents are the same file.
        zip_file_set_dostime(archive, index, 0, (1 << 5) | 1, 0) != 0)
      return fail();
  }
  if (zip_close(archive) != 0)
    return fail();
  return Error::success();
}

Error ZipWriter::write(StringRef path) const {
  for (const Entry &entry : entries)
    if (StringRef(entry.name).ends_with(".npy") && !entry.tensor)
      return createStringError("out of memory for a copy of a tensor");
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) && !sys::fs::is_regular_file(status)) {
    if (path == "/dev/null")
      return Error::success();
    // Taking its place would remove a device or a pipe.
    return createStringError("cannot write '" + path + "': not a regular file");
  }
  // libzip leaves no file when there is nothing to put into it.
  if (entries.empty()) {
    static const char empty[22] = {'P', 'K', 5, 6};
    return writeToOutput(path, [](raw_ostream &os) {
      os.write(empty, sizeof(empty));
      return Error::success();
    });
  }
  SmallString<128> temporary;
  if (std::error_code code =
          sys::fs::createUniqueFile(path + ".tmp%%%%%%", temporary))
    return createStringError(code,
                             "cannot write '" + path + "': " + code.message());
  sys::RemoveFileOnSignal(temporary);
  Error error = writeArchive(temporary.str().str(), entries);
  if (!error)
    if (std::error_code code = sys::fs::rename(temporary, path))
      error = createStringError(code, "cannot write '" + path +
                                          "': " + code.message());
  if (error)
    sys::fs::remove(temporary);
  sys::DontRemoveFileOnSignal(temporary);
  return error;
}
