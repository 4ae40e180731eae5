#include <CLI/CLI.hpp>
#include <memory>

#include "commands/inspect/forms.h"
#include "grammar/command.h"
#include "grammar/grammar.h"

namespace cli {
namespace {

Outcome run_inspect(Context& context, const inspect::Options& options) {
  if (options.etcdctl) return inspect::etcdctl(context, options);
  if (options.all) return inspect::all(context, options);
  if (options.history) return inspect::history(context, options);
  if (options.runs) return options.watch ? inspect::watch_runs(context, options) : inspect::runs(context, options);
  if (options.watch) return inspect::watch(context, options);
  if (options.verify) return inspect::verify(context, options);
  return inspect::list(context, options);
}

}  // namespace

Declared declare_inspect(CLI::App& app) {
  auto options = std::make_shared<inspect::Options>();
  auto* name = app.add_option("NAME", options->name, "the election");
  auto* all = app.add_option("--all", options->all,
                             "list every election whose name begins with PREFIX (default: the election NAME)")
                  ->type_name("PREFIX")
                  ->excludes(name);
  auto* revision = app.add_option("--rev", options->revision, "as of this revision of the store (default: now)")
                       ->check(at_least(0))
                       ->type_name("N");
  auto* history = app.add_flag("--history", options->history,
                               "list every term that is still in the store (default: the present candidates)");
  app.add_option("--from", options->from,
                 "begin the history at this revision (default: at the oldest one in the store)")
      ->check(at_least(1))
      ->needs(history)
      ->type_name("N");
  auto* watch =
      app.add_flag("--watch", options->watch, "show the candidates again at each change, until Ctrl-C (default: once)");
  auto* verify =
      app.add_flag("--verify", options->verify,
                   "check that the election is sound, and exit 13 if it is not (default: nothing is checked)");
  auto* runs =
      app.add_flag("--runs", options->runs,
                   "show the run ledger: what campaign --once ran, and how it ended (default: the candidates)");
  auto* id = app.add_option("--id", options->run_id,
                            "only this run; exit 0: done, 11: not done, 10: no such run (default: all runs)")
                 ->check(not_empty())
                 ->needs(runs)
                 ->type_name("ID");
  app.add_flag("--etcdctl", options->etcdctl,
               "print the etcdctl commands that show the same, and do nothing else (default: ask etcd)");
  history->excludes(all)->excludes(revision)->excludes(watch)->excludes(verify);
  watch->excludes(all)->excludes(revision)->excludes(verify);
  verify->excludes(all)->excludes(revision);
  runs->excludes(all)->excludes(verify);
  id->excludes(history);
  app.final_callback([options] {
    if (options->name.empty() && !options->all) refuse("give NAME, or --all PREFIX");
  });
  return {
      [options](Context& context) { return run_inspect(context, *options); },
      {.description =
           "Prints the candidates in the order of their create revisions: the first leads. On a terminal a "
           "table with the time left of their leases, elsewhere -w simple, as etcdctl get NAME/ --prefix "
           "--sort-by=CREATE --order=ASCEND. -w prometheus is for the textfile collector of "
           "node_exporter.\n\n--history shows every term that the store still knows: its fencing token, "
           "the revision that made it leader and the one that ended it (in the table FIRST and LAST); on a terminal "
           "also as a timeline, "
           "one row a candidate. With -w svg, --history and --runs, alone or together, are a picture for a "
           "report: one file, without script or font.\n\n--verify checks that the listing is strictly ordered, "
           "that the "
           "server's own election service names the same leader, that each key is named after its lease, "
           "that each has one, that each lease lives and lists its key, that all members show the same, and "
           "that of the runs of campaign --once none is abandoned and none was claimed twice (while it ran, or after "
           "it was done). A line begins with ok, FAULT, or SKIP: the account may not read what is to be "
           "checked.\n\n--runs "
           "lists those runs, the oldest claim first: running, done (CMD ended with 0), failed (with another "
           "code), ended (by electctl: leadership lost, --max-runtime, a signal), abandoned (no end is "
           "recorded, and the candidate is gone). Times are UTC, by the clock of the host that ran it. With -w simple, "
           "tab-separated: ID, state, value, fencing token, begin, seconds, exit code, reason; - for none.",
       .examples =
           {{"electctl inspect backup --verify; case $? in 0 | 10) ;; 13) echo unsound ;; *) echo unknown ;; esac",
             "a check for monitoring: 10, no candidates, need not be a fault"},
            {"electctl inspect nightly --runs --id \"$(date -u +%F)\"; echo $?",
             "has today's run succeeded? 0: yes; 10, 11: no, or not yet; else that is not known"}},
       .exits = {{"0",
                  "there are candidates; --history: there was a term; --verify: all is well; --runs: there is one; "
                  "--id: it is done"},
                 {"10", "no candidates; --history: no terms; --runs: no such run"},
                 {"11", "--id: that run is not done: running, failed, ended or abandoned"},
                 {"13", "--verify found a fault"}}},
      [options] { return !options->etcdctl; }};
}

}  // namespace cli
