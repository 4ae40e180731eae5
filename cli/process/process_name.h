// The name under which ps, top, pgrep and pkill know a process.
#pragma once

namespace cli {

// To be told main's arguments before rename_process() can overwrite them.
void note_arguments(int argc, char** argv);

// Gives this process another name (15 bytes at most) and another command line: `name`, and behind it "of" and the
// parent's process ID. The memory of main's arguments is overwritten. /proc/PID/exe stays the program.
void rename_process(const char* name);

}  // namespace cli
