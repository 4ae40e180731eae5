# What Debian wants of a package beside what cmake --install leaves: cpack runs this when all files are in place.
set(staged ${CPACK_TEMPORARY_DIRECTORY}/usr/share)
set(docs ${staged}/doc/electctl)
file(RENAME ${docs}/CHANGELOG.md ${docs}/changelog)
file(REMOVE ${docs}/LICENSE)  # copyright names it.
file(COPY @PROJECT_SOURCE_DIR@/cli/packaging/debian/copyright @CMAKE_CURRENT_BINARY_DIR@/changelog.Debian DESTINATION ${docs})
file(COPY_FILE @PROJECT_SOURCE_DIR@/cli/packaging/debian/lintian-overrides ${staged}/electctl)
file(MAKE_DIRECTORY ${staged}/lintian/overrides ${staged}/zsh/vendor-completions)
file(RENAME ${staged}/electctl ${staged}/lintian/overrides/electctl)
file(RENAME ${staged}/zsh/site-functions/_electctl ${staged}/zsh/vendor-completions/_electctl)
file(REMOVE ${staged}/zsh/site-functions)
# Compressed, with nothing in it of when it was.
file(GLOB plain ${staged}/man/man1/*.1 ${docs}/changelog*)
execute_process(COMMAND gzip -9nf ${plain} COMMAND_ERROR_IS_FATAL ANY)
