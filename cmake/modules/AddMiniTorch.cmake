# One helper a kind of target, so that every room's CMakeLists.txt is a list of
# files and of what they need.
set_property(GLOBAL PROPERTY MINITORCH_LIBS "")

# add_minitorch_library(NAME sources... DEPENDS targets... LINK_LIBS libs...)
# A static library of the compiler, installed unless NO_INSTALL. MLIR and LLVM come from their shared
# libraries, which every tool links once.
function(add_minitorch_library name)
  cmake_parse_arguments(ARG "NO_INSTALL" "" "DEPENDS;LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS})
  target_include_directories(${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
    "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>"
    "$<INSTALL_INTERFACE:include>")
  add_dependencies(${name} MiniTorchHeaders)
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  if(NOT ARG_NO_INSTALL)
    set_property(GLOBAL APPEND PROPERTY MINITORCH_LIBS ${name})
  endif()
endfunction()

# add_minitorch_tool(NAME sources... LINK_LIBS libs...)
function(add_minitorch_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} MLIR LLVM)
  add_dependencies(${name} MiniTorchHeaders)
  set_property(GLOBAL APPEND PROPERTY MINITORCH_TOOLS ${name})
endfunction()
