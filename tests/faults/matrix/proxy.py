"""callproxy, as the matrix uses it: one process for each worker. Each cell sends it a new plan."""
import subprocess
import threading


class Proxy:
    def __init__(self, program, etcds):
        self.process = subprocess.Popen([program, *etcds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        bufsize=1)
        ready = self.process.stdout.readline().split()
        if ready[:1] != ["ready"]:
            raise RuntimeError("callproxy did not start")
        self.endpoints = [f"127.0.0.1:{port}" for port in ready[1:]]
        self.changed = threading.Condition()
        self.said = []
        self.answers = 0
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            line = line.strip()
            with self.changed:
                if line in ("cleared", "planned") or line.startswith("wrong"):
                    self.answers += 1
                    if line == "cleared":
                        self.said = []
                if not line.startswith("cleared"):
                    self.said.append(line)
                self.changed.notify_all()

    def tell(self, line):
        with self.changed:
            due = self.answers + 1
            self.process.stdin.write(line + "\n")
            if not self.changed.wait_for(lambda: self.answers >= due, 20):
                raise RuntimeError("callproxy does not answer")
            if self.said and self.said[-1].startswith("wrong"):
                raise RuntimeError(f"callproxy on '{line}': {self.said[-1]}")

    def plan(self, rule):
        self.tell("clear")
        if rule:
            self.tell(rule)

    def has_said(self, line):
        with self.changed:
            return line in self.said

    def heard(self):
        """All lines that it has printed since it got the plan."""
        with self.changed:
            return list(self.said)
