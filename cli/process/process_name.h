// The name under which ps, top, pgrep and pkill know a process.
#pragma once

namespace cli {

// Notes where main's arguments are. rename_process() overwrites them, so call this before it.
void note_arguments(int argc, char** argv);

// Gives this process another name (at most 15 bytes) and another command line: `name`, then "of" and the parent's
// process ID. It overwrites the memory of main's arguments. /proc/PID/exe still points to the program.
void rename_process(const char* name);

}  // namespace cli
