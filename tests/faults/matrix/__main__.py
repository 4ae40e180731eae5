"""The matrix: every subcommand, with every fault, at every call that it makes, with one endpoint and with three.

  tests/faults/matrix [--all | --sample N] [--seed N] [--jobs N] [--only REGEX] [--callproxy FILE]

First each scenario runs through callproxy without a fault. The faults are then put at the calls that it made. Each cell is
checked by general rules, without an expected answer of its own. It ends in time. Exit code and message fit. Standard output
is true. No key, lease or process is left that must not be. With a sound endpoint beside the faulty one it succeeds. A signal
that comes while a call is held ends it.

It runs in a cluster of its own (scripts/sandbox --members 3). Prints each cell that broke a rule, and exits with 1 if one
did. --seed picks the same sample again. --only takes the cells whose names match. ELECTCTL= chooses the program.
"""
import argparse
import os
import queue
import random
import re
import sys
import threading
import time

import cells
import faults
import scenarios
from etcd import Etcd
from proxy import Proxy

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
ACCOUNT = ("root", "matrix")
MOST_CALLS = 3  # Of one method. A fault at the fourth renewal is like one at the third.
MOST_ANSWERS = 5  # Of one stream.


def arguments():
    program = os.environ.get("ELECTCTL", os.path.join(ROOT, "build/release/electctl"))
    parser = argparse.ArgumentParser(prog="matrix", usage=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--sample", type=int, default=250)
    parser.add_argument("--seed", type=int, default=random.randrange(100000))
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--only", default="")
    parser.add_argument("--callproxy", default=os.path.join(os.path.dirname(program), "callproxy"))
    parser.add_argument("--debug", action="store_true")
    parser.set_defaults(electctl=program)
    return parser.parse_args()


def methods(seen):
    return len({line.split()[1] for line in seen.proxy if line.startswith("called ")})


class Matrix:
    def __init__(self, options, etcds):
        self.options = options
        self.etcd = Etcd(etcds[0])
        self.etcds = etcds
        self.account = ()
        self.number = 0
        self.lock = threading.Lock()
        self.sound = {}  # The runs without a fault, by scenario and number of endpoints.
        self.found = []
        self.leases = set()  # Leases that the matrix made itself.
        self.may_stay = {}  # By election: the values that may stay for ever.
        self.last_lease = 0

    def number_of_next(self):
        with self.lock:
            self.number += 1
            return self.number

    def each(self, plans, act):
        """act(plan, proxy) for all plans, several at once."""
        todo = queue.Queue()
        for plan in plans:
            todo.put(plan)
        failed = []

        def work():
            proxy = Proxy(self.options.callproxy, self.etcds)
            try:
                while not failed:
                    act(todo.get_nowait(), proxy)
            except queue.Empty:
                pass
            except Exception as error:  # Raised again below: in a thread it would be lost.
                failed.append(error)
            proxy.process.stdin.close()
            proxy.process.wait()

        workers = [threading.Thread(target=work) for _ in range(self.options.jobs)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if failed:
            raise failed[0]

    def run(self, plan, proxy):
        cell = cells.Cell(self.number_of_next(), plan, self.etcd, proxy, self.options.electctl, self.account)
        sound = self.sound.get((plan.scenario, plan.endpoints))
        seen = cell.run(methods(sound) if sound else 8)
        with self.lock:
            self.leases.update(cell.leases, {cell.spare})
            # The candidates that stood before may stay, and a session's candidate while its lease lives.
            self.may_stay[cell.name] = (plan.name, set(cell.stood))
            self.last_lease = time.monotonic()
        return cell, seen

    def measure(self, plan, proxy):
        """Runs the scenario without a fault."""
        cell, seen = self.run(plan, proxy)
        with self.lock:
            self.sound[plan.scenario, plan.endpoints] = seen
        if seen.hung or seen.processes:
            self.report(plan, seen, ["even without a fault it hung, or left processes"])

    def try_out(self, plan, proxy):
        cell, seen = self.run(plan, proxy)
        sound = self.sound[plan.scenario, plan.endpoints]
        words = cells.broken(cell, seen, sound, methods(sound))
        if words:
            self.report(plan, seen, words)

    def report(self, plan, seen, words):
        lines = [f"FAULT {plan.name}"]
        lines += [f"   {word}" for word in words]
        lines += [f"   exit {seen.code} after {seen.seconds:.1f} s; {seen.err.strip() or 'nothing on standard error'}"]
        if self.options.debug:
            lines += [f"   proxy: {', '.join(seen.proxy)}"]
        with self.lock:
            self.found.append(plan.name)
            print("\n".join(lines), flush=True)

    def points(self, scenario, endpoints):
        """(method, call, answer) of all that it calls without a fault."""
        for line in self.sound[scenario, endpoints].proxy:
            words = line.split()
            if words[0] == "called" and int(words[2]) <= MOST_CALLS:
                yield words[1], int(words[2]), 0
            if words[0] == "answered" and int(words[2]) <= MOST_CALLS and int(words[3]) <= MOST_ANSWERS:
                yield words[1], int(words[2]), int(words[3])

    def plans(self, only_method=""):
        for scenario in scenarios.SCENARIOS:
            for endpoints, scopes in ((1, ("once", "always")), (3, ("here", "always"))):
                for method, call, answer in self.points(scenario, endpoints):
                    if only_method and method != only_method:
                        continue
                    for fault in faults.all_faults():
                        if (answer == 0) != (fault.when == "before"):
                            continue
                        point = dict(scenario=scenario, endpoints=endpoints, method=method, call=call,
                                     answer=max(answer, 1), fault=fault)
                        for scope in scopes:
                            # These would have to wait until a long lease expires.
                            if not (scenario.name == "elect" and (scope == "always" or method == "LeaseRevoke")):
                                yield cells.Plan(scope=scope, **point)
                        if fault.mute and not scenario.silent and not (
                                scenario.name == "elect" and method == "LeaseRevoke"):
                            for name in ("INT", "TERM"):
                                yield cells.Plan(scope="always", signal=name, **point)

    def sample(self, plans):
        plans = [plan for plan in plans if re.search(self.options.only, plan.name)]
        self.size = len(plans)
        if self.options.all or len(plans) <= self.options.sample:
            return plans
        return random.Random(self.options.seed).sample(plans, self.options.sample)

    def look_at_what_is_left(self):
        """After the longest of the leases that the cells granted."""
        due = self.last_lease + 2 * scenarios.TTL + cells.EXPIRY
        time.sleep(max(0, due - time.monotonic()))
        for name, (plan, may_stay) in self.may_stay.items():
            kept = [key for key in self.etcd.below(name + "/") if key not in may_stay]
            if kept:
                self.found.append(plan)
                print(f"FAULT {plan}\n   left for longer than its lease: {kept}", flush=True)
        for lease in self.etcd.leases() - self.leases:
            life = self.etcd.life(lease)
            if life and life[2] == 0 and life[1] > 100000:
                plan = self.may_stay[f"m{life[1] - 100000}"][0]
                if faults.COMES_LATE in plan:
                    continue
                self.found.append(plan)
                print(f"FAULT {plan}\n   left a lease of a record that is not there, for {life[0]} s", flush=True)

    def run_all(self, which, only_method=""):
        began = time.monotonic()
        self.each([cells.Plan(scenario, endpoints) for scenario in scenarios.SCENARIOS for endpoints in (1, 3)],
                  self.measure)
        chosen = self.sample(list(self.plans(only_method)))
        random.Random(self.options.seed).shuffle(chosen)
        self.each(chosen, self.try_out)
        self.look_at_what_is_left()
        print(f"{which}: {len(chosen)} of {self.size} cells, {len(self.found)} broke a rule, "
              f"{time.monotonic() - began:.0f} s; seed {self.options.seed}", flush=True)


def main():
    options = arguments()
    if "SANDBOX_DIR" not in os.environ:
        sandbox = os.path.join(ROOT, "scripts/sandbox")
        os.execv(sandbox, [sandbox, "--members", "3", "--", sys.executable, os.path.dirname(__file__), *sys.argv[1:]])
    etcds = [url.split("//")[1] for url in os.environ["ETCDCTL_ENDPOINTS"].split(",")]
    matrix = Matrix(options, etcds)
    for _ in range(200):  # So that every revision is larger than every rank.
        matrix.etcd.put("revisions", "grow")
    matrix.run_all("matrix")
    matrix.etcd.require_accounts(*ACCOUNT)
    matrix.account = ("--user", ":".join(ACCOUNT))
    matrix.run_all("matrix with accounts", "Authenticate")
    sys.exit(1 if matrix.found else 0)


main()
