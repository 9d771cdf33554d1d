# Finds libtorch inside the PyTorch wheel of the Python interpreter in use and
# sets Torch_DIR for find_package(Torch). Leaves a Torch_DIR that the user gave.
if(NOT Torch_DIR)
  execute_process(
    COMMAND "${Python3_EXECUTABLE}" -c
            "import torch; print(torch.utils.cmake_prefix_path)"
    OUTPUT_VARIABLE _torch_prefix OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE _torch_result ERROR_QUIET)
  if(NOT _torch_result EQUAL 0)
    message(FATAL_ERROR
      "MINITORCH_ENABLE_LIBTORCH is ON, but ${Python3_EXECUTABLE} has no torch "
      "package. Install it (pip install torch==2.13.0), name another "
      "interpreter with -DPython3_EXECUTABLE=..., or configure with "
      "-DMINITORCH_ENABLE_LIBTORCH=OFF.")
  endif()
  set(Torch_DIR "${_torch_prefix}/Torch")
endif()
find_package(Torch REQUIRED CONFIG)
message(STATUS "libtorch: ${TORCH_INSTALL_PREFIX}")
