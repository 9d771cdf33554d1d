# The installed package: headers, libraries, tools and MiniTorchConfig.cmake.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(MINITORCH_INSTALLED_LIBS GLOBAL PROPERTY MINITORCH_LIBS)
get_property(minitorch_tools GLOBAL PROPERTY MINITORCH_TOOLS)
install(TARGETS ${MINITORCH_INSTALLED_LIBS} EXPORT MiniTorchTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(tool ${minitorch_tools})
  get_target_property(type ${tool} TYPE)
  if(type STREQUAL "EXECUTABLE")
    set_target_properties(${tool} PROPERTIES
      INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}"
      INSTALL_RPATH_USE_LINK_PATH ON)
    install(TARGETS ${tool} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/MiniTorch"
                  "${PROJECT_SOURCE_DIR}/include/MiniTorch-c"
                  "${PROJECT_BINARY_DIR}/include/MiniTorch"
                  "${PROJECT_BINARY_DIR}/include/MiniTorch-c"
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc")

set(cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/MiniTorch)
install(EXPORT MiniTorchTargets DESTINATION ${cmake_dir})
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/modules/MiniTorchConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/MiniTorchConfig.cmake"
  INSTALL_DESTINATION ${cmake_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/MiniTorchConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/MiniTorchConfig.cmake"
              "${PROJECT_BINARY_DIR}/MiniTorchConfigVersion.cmake"
  DESTINATION ${cmake_dir})
