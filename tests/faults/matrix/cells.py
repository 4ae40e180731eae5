"""One cell: one scenario with one fault at one call, and the rules that hold for every fault."""
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

from scenarios import STANDS

ONE_ENDPOINT = 1.5  # --command-timeout with one endpoint, in seconds.
THREE_ENDPOINTS = 3.5  # --command-timeout with three endpoints, which share it: at least one second for each.
SLACK = 3  # Seconds that a loaded machine may need in addition to the time that electctl itself waits.
AT_ONCE = 1  # Seconds within which a program that is not a candidate must end after a signal.
PATIENCE = 8  # Seconds after which a program that may wait for ever is asked to end.
EXPIRY = 2.5  # Seconds that etcd needs at most to end a lease after its time is over.


@dataclass(frozen=True)
class Plan:
    """What to do in a cell."""

    scenario: object
    endpoints: int
    method: str = ""
    call: int = 0
    answer: int = 1
    scope: str = ""
    fault: object = None
    signal: str = ""

    @property
    def name(self):
        if self.fault is None:
            return f"{self.scenario.name}, {self.endpoints} endpoints, no fault"
        signalled = f", SIG{self.signal} then" if self.signal else ""
        return (f"{self.scenario.name}, {self.endpoints} endpoints: {self.scope} {self.method} {self.call} "
                f"{self.answer} {self.fault.text}{signalled}")

    @property
    def rule(self):
        return f"{self.scope} {self.method} {self.call} {self.answer} {self.fault.text}" if self.fault else ""


@dataclass
class Seen:
    """What happened in a cell."""

    code: int = 0
    out: str = ""
    err: str = ""
    seconds: float = 0
    after_signal: float = 0
    hung: bool = False
    was_signalled: bool = False
    signals: int = 0  # The number of the signal that was sent to it.
    left: list = field(default_factory=list)  # Its own keys that exist at its end.
    standing: list = field(default_factory=list)  # The values in the election at its end, in order.
    false_election: bool = False
    processes: list = field(default_factory=list)
    proxy: list = field(default_factory=list)


class Cell:
    """What a scenario sees of the cell that it runs in."""

    def __init__(self, number, plan, etcd, proxy, program, account=()):
        self.plan, self.etcd, self.proxy, self.program, self.account = plan, etcd, proxy, program, account
        self.number = number
        self.name = f"m{number}"
        self.stood, self.leases, self.spare = [], [], 0
        self.folder = tempfile.TemporaryDirectory(prefix="electctl-matrix.")
        self.process = None
        self.out, self.err = [], []
        self.signalled_at = 0
        self.sent = 0
        self.false_election = False

    # Used by scenarios.

    def stand(self, value, seconds=STANDS):
        lease = self.etcd.grant(seconds)
        key = f"{self.name}/{lease:x}"
        self.etcd.put(key, value, lease)
        self.leases.append(lease)
        self.stood.append(key)
        return key

    def keys(self):
        return self.etcd.below(self.name + "/")

    def own_keys(self):
        return [key for key in self.keys() if key not in self.stood]

    def lines(self):
        return "".join(self.out).count("\n")

    def wait(self, condition, seconds=3):
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up and self.process.poll() is None:
            if condition():
                return
            time.sleep(0.02)

    def signal(self, name):
        if self.process.poll() is None:
            self.sent = int(getattr(signal, "SIG" + name))
            self.process.send_signal(self.sent)
            self.signalled_at = self.signalled_at or time.monotonic()

    # Used to run the cell.

    @property
    def command_timeout(self):
        return ONE_ENDPOINT if self.plan.endpoints == 1 else THREE_ENDPOINTS

    def argv(self):
        self.keep = 100000 + self.number
        values = {"name": self.name, "lease": f"{self.leases[0]:x}" if self.leases else "", "spare": f"{self.spare:x}",
                  "file": os.path.join(self.folder.name, "session"), "keep": self.keep}
        timeout = int(self.command_timeout * 1000)
        options = ["--endpoints", ",".join(self.proxy.endpoints[: self.plan.endpoints]), "--dial-timeout", "1s",
                   "--command-timeout", f"{timeout}ms", *self.account]
        return [self.program, *options, *(word.format(**values) for word in self.plan.scenario.argv)]

    def limit(self, calls):
        """Seconds that it may take in all. `calls`: of how many methods it makes use without a fault."""
        waits = PATIENCE if self.plan.scenario.waits else 0
        return self.command_timeout * (calls + 2) + self.plan.scenario.lease + waits + SLACK

    def read(self, pipe, into):
        for line in pipe:
            if into is self.out and not into and self.plan.scenario.candidate:
                self.look_who_leads()
            into.append(line)

    def look_who_leads(self):
        """A candidate says that it leads: then nobody who stood before it can be there any more."""
        stands_again = any("{lease}" in word for word in self.plan.scenario.argv)
        first = next(iter(self.keys()), None)
        self.false_election = first in self.stood and not stands_again

    def run(self, calls=8):
        plan, scenario = self.plan, self.plan.scenario
        if any("{spare}" in word for word in scenario.argv):
            self.spare = self.etcd.grant(scenario.lease)
        scenario.prepare(self)
        self.proxy.plan(plan.rule)
        began = time.monotonic()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ETCDCTL_")}
        environment["MATRIX_CELL"] = self.name
        self.process = subprocess.Popen(self.argv(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, errors="replace", env=environment,
                                        start_new_session=True)
        readers = [threading.Thread(target=self.read, args=(pipe, into), daemon=True)
                   for pipe, into in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for reader in readers:
            reader.start()
        if plan.signal:
            begun = f"fault {plan.method} {plan.call}"
            beside = threading.Thread(target=scenario.beside, args=(self,), daemon=True)
            beside.start()
            self.wait(lambda: self.proxy.has_said(begun), self.limit(calls))
            reached = self.proxy.has_said(begun)
            if reached:
                self.signalled_at = 0
                self.signal(plan.signal)
            beside.join()
        else:
            reached = False
            scenario.beside(self)
        seen = Seen()
        if scenario.waits and not must_succeed(plan):
            self.wait(lambda: False, PATIENCE)
            if not self.signalled_at:
                self.signal("TERM")
        try:
            self.process.wait(max(1, began + self.limit(calls) + 20 - time.monotonic()))
        except subprocess.TimeoutExpired:
            seen.hung = True
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        ended = time.monotonic()
        for reader in readers:
            reader.join(2)
        seen.code, seen.seconds = self.process.returncode, ended - began
        seen.signals = self.sent
        seen.false_election = self.false_election
        seen.was_signalled = bool(plan.signal) and reached and self.signalled_at > 0
        seen.after_signal = ended - self.signalled_at if self.signalled_at else 0
        seen.left = self.own_keys()
        seen.standing = [value for value, _ in self.keys().values()]
        seen.processes = self.processes_left()
        seen.out, seen.err = self.plain("".join(self.out)), "".join(self.err)
        seen.proxy = self.proxy.heard()
        self.folder.cleanup()
        return seen

    def processes_left(self):
        """What it started and is still there, a second after its end."""
        give_up = time.monotonic() + 1
        while True:
            left = [pid for pid in os.listdir("/proc") if pid.isdigit() and self.is_ours(pid)]
            if not left or time.monotonic() > give_up:
                return left
            time.sleep(0.05)

    def is_ours(self, pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                state, _, _, session = file.read().rsplit(")", 1)[1].split()[:4]
        except OSError:
            return False
        return int(session) == self.process.pid and state != "Z"

    def plain(self, text):
        """The text without what differs from one run to the next."""
        text = text.replace(self.name, "NAME")
        for number, lease in enumerate(self.leases):
            text = text.replace(f"{lease:x}", f"LEASE{number}")
        text = re.sub(r'"(ttl|granted_ttl)": ?\d+', r'"\1":TTL', text)
        if "is not known: " in "".join(self.err):  # It has warned of that, so null is true.
            text = text.replace("ttl\":null", "ttl\":TTL")
        text = re.sub(r'"time": ?"[^"]*"', '"time":TIME', text)
        text = re.sub(r"\b[0-9a-f]{9,16}\b", "LEASE", text)
        return re.sub(r"\b\d{3,}\b", "N", text)


def broken(cell, seen, sound, calls):
    """The rules that this run broke, in words. `sound`: the same without a fault, which made use of `calls` methods."""
    plan, scenario, fault = cell.plan, cell.plan.scenario, cell.plan.fault
    words = []
    say = words.append
    limit = cell.limit(calls)
    if seen.hung or seen.seconds > limit:
        say(f"took {seen.seconds:.1f} s, more than {limit:.1f}")
    if seen.false_election:
        say("said that it leads while another did")
    if seen.processes:
        say(f"left processes {seen.processes}")
    errors = [line for line in seen.err.splitlines() if not line.startswith("electctl: ")]
    if len(errors) > 1 or any(not line.startswith("Error: ") for line in errors):
        say(f"standard error has more than one line Error: {errors}")
    if not scenario.free_output and not is_beginning(seen.out, sound.out):
        say(f"standard output is {seen.out!r}, without a fault {sound.out!r}")
    if plan.signal:
        if seen.was_signalled:
            words += broken_by_signal(cell, seen, sound)
        return words
    if scenario.silent:
        return words
    as_sound = seen.code == sound.code
    # inspect --verify reports the endpoint that does not answer.
    if must_succeed(plan) and not (scenario.free_output and seen.code in scenario.also):
        if not as_sound or (seen.out != sound.out and not scenario.free_output):
            say(f"exit {seen.code} with {seen.out!r}, without a fault {sound.code} with {sound.out!r}")
        if seen.standing != sound.standing:
            say(f"{seen.standing} stand at the end, without a fault {sound.standing}")
    if as_sound:
        # A program that was asked to end has printed what there was until then.
        asked_to_end = seen.signals and not must_succeed(plan)
        if not asked_to_end and seen.out != sound.out and not scenario.free_output:
            say(f"exit {seen.code} without all of {sound.out!r}: {seen.out!r}")
        if errors != [line for line in sound.err.splitlines() if not line.startswith("electctl: ")] and len(errors) > 0 \
                and not sound.err:
            say("an error is told with the exit code of success")
    else:
        allowed = {1, *scenario.also} | ({2} if fault.unreachable else set())
        if seen.signals:
            allowed |= {128 + seen.signals, *scenario.signalled}
        if seen.code not in allowed:
            say(f"exit {seen.code}; that fits nothing that happened")
        if seen.code in (1, 2, 12) and len(errors) != 1:
            say(f"exit {seen.code} without a word")
    return words


def broken_by_signal(cell, seen, sound):
    plan, scenario = cell.plan, cell.plan.scenario
    number = int(getattr(signal, "SIG" + plan.signal))
    words = []
    limit = AT_ONCE
    if scenario.candidate:
        # The time of its lease, and then one more try to revoke it.
        limit += scenario.lease + cell.command_timeout
    if seen.after_signal > limit + SLACK / 2:
        words.append(f"went on for {seen.after_signal:.1f} s after the signal, more than {limit} s")
    # It may have had its outcome before the signal came.
    if seen.code not in {128 + number, -number, sound.code, *scenario.signalled}:
        words.append(f"exit {seen.code} after SIG{plan.signal}")
    return words


def must_succeed(plan):
    fault = plan.fault
    if fault is None:
        return True
    if plan.signal:
        return False
    if fault.harmless:
        return plan.scope == "once" or plan.method != "Watch"
    if fault.mute and plan.method == "Watch" and plan.answer > 1:
        return False  # A watch without events looks like an election without changes.
    if plan.scenario.name == "completion" and fault.mute:
        return False  # It has only a quarter of a second.
    if plan.endpoints > 1:
        return fault.elsewhere and plan.scope in ("once", "here")
    return fault.once_more and plan.scope == "once"


def is_beginning(text, whole):
    return text == whole or (whole.startswith(text) and (not text or text.endswith("\n")))
