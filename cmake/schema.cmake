# The table of the API's fields, made from schema/*.json and compiled into the room spec.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB SCHEMA_FILES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schema/*.json)
set(SCHEMA_TABLE ${CMAKE_BINARY_DIR}/generated/spec/schema_table.cpp)
add_custom_command(
  OUTPUT ${SCHEMA_TABLE}
  COMMAND ${CMAKE_COMMAND} -E rm -f ${SCHEMA_TABLE}
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/gen_schema.py --table ${SCHEMA_TABLE}
  DEPENDS ${SCHEMA_FILES} ${CMAKE_SOURCE_DIR}/tools/gen_schema.py
  COMMENT "Making the schema's table")
target_sources(wf_spec PRIVATE ${SCHEMA_TABLE})
add_test(NAME fields_docs
         COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/gen_schema.py --check ${CMAKE_SOURCE_DIR}/docs/fields.md)
