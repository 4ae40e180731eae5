#include "process/aborts.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <new>

#include "exit_code.h"

namespace cli {
namespace {

// Allocates nothing. Safe in a signal handler.
[[noreturn]] void say_and_exit(std::string_view why) {
  char line[512];
  std::size_t size = 0;
  for (const std::string_view part : {std::string_view("Error: "), why, std::string_view("\n")}) {
    const std::size_t taken = std::min(part.size(), sizeof line - 1 - size);
    std::memcpy(line + size, part.data(), taken);
    size += taken;
  }
  line[size - 1] = '\n';
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line, size);
  ::_exit(kError);
}

[[noreturn]] void on_terminate() {
  if (!std::current_exception()) say_and_exit("electctl ended abnormally");
  try {
    std::rethrow_exception(std::current_exception());
  } catch (const std::bad_alloc&) {
    say_and_exit(kMemoryRefused);
  } catch (const std::exception& error) {
    say_and_exit(error.what());
  } catch (...) {
    say_and_exit("electctl ended abnormally");
  }
}

// Whether the system now refuses a piece of memory that is larger than any single message.
bool is_memory_refused() {
  constexpr std::size_t kPiece = std::size_t{16} << 20U;
  void* piece = ::mmap(nullptr, kPiece, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (piece == MAP_FAILED) return true;
  ::munmap(piece, kPiece);
  return false;
}

extern "C" void on_abort(int) {
  if (is_memory_refused()) say_and_exit(kMemoryRefused);
  say_and_exit("electctl ended abnormally: the system may refuse it threads or file descriptors; see ulimit -a");
}

// grpc uses some memory without a check that it got any. The bad address is then in the first page. Any other bad
// access is a bug and must show as one: after this handler returns, it happens again and ends the program.
extern "C" void on_bad_access(int number, siginfo_t* access, void*) {
  constexpr std::uintptr_t kFirstPage = 4096;
  if (reinterpret_cast<std::uintptr_t>(access->si_addr) < kFirstPage && is_memory_refused()) {
    say_and_exit(kMemoryRefused);
  }
  std::signal(number, SIG_DFL);
}

}  // namespace

void report_aborts() {
  std::set_terminate(on_terminate);
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = on_abort;
  sigaction(SIGABRT, &action, nullptr);
  // A sanitizer has its own handler. Keep it.
  if (sigaction(SIGSEGV, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) return;
  action.sa_sigaction = on_bad_access;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, nullptr);
}

}  // namespace cli
