"""What the cells run: each subcommand with its options, what is in the store before it, and what happens meanwhile."""
from dataclasses import dataclass
from typing import Callable, Sequence

TTL = 2  # Seconds. The TTL of the candidates that the cells run: etcd's minimum.
STANDS = 600  # Seconds. The TTL of the candidates that stand before.


@dataclass(frozen=True)
class Scenario:
    name: str
    argv: Sequence[str]
    prepare: Callable = lambda cell: None
    # What happens while it runs. It waits for the thing that it acts on, but not for ever: a fault may prevent that thing.
    beside: Callable = lambda cell: None
    # It is a candidate. It may try to withdraw until its lease expires. `lease`: the TTL of that, in seconds.
    candidate: bool = False
    lease: int = TTL
    # Exit codes that are right with a fault, besides 1, 2 and the code of the run without a fault.
    also: Sequence[int] = ()
    # Standard output need not be a beginning of the output without a fault.
    free_output: bool = False
    # It reports no errors, by design.
    silent: bool = False
    # A signal from `beside` ends it.
    ends_by_signal: bool = False
    # It may wait for ever for something that a fault prevents. So it is asked to end after a while.
    waits: bool = False
    # Exit codes if SIGINT or SIGTERM ended it, besides 128 + N and death by the signal.
    signalled: Sequence[int] = ()


def led(cell):
    cell.stand("first")


def led_for_a_while(cell):
    cell.stand("first", cell.plan.scenario.lease)


def queued(cell):
    cell.stand("first")
    cell.stand("second")


def past(cell):
    """Terms that have ended."""
    for value in ("one", "two"):
        key = cell.stand(value)
        cell.etcd.put(key, value + " again", cell.leases[-1])
        cell.etcd.delete(key)
    cell.stand("three")


def failed_before(cell):
    """The ledger has a run that failed."""
    cell.etcd.put(f"electctl-once:{cell.name}:id",
                  f'{{"version":1,"value":"first","key":"{cell.name}/1","token":1,"began":"2026-01-31T02:00:00.000Z",'
                  '"state":"failed","ended":"2026-01-31T02:00:01.000Z","exit_code":3}')


def first_goes_once_it_stands(cell):
    cell.wait(lambda: len(cell.keys()) >= 2)
    cell.wait(lambda: cell.proxy.has_said("answered Watch 1 2"), 0.5)
    cell.etcd.delete(cell.stood[0])


def ended_when_leading(cell):
    cell.wait(lambda: cell.lines() >= 2)
    cell.signal("TERM")


def ended_after_renewals(cell):
    cell.wait(lambda: cell.lines() >= 2)
    cell.wait(lambda: cell.proxy.has_said("answered LeaseKeepAlive 2 1"), TTL)
    cell.signal("TERM")


def deleted_when_leading(cell):
    cell.wait(lambda: cell.lines() >= 2)
    cell.wait(lambda: cell.proxy.has_said("answered Watch 1 1"), 1)
    for key in cell.own_keys():
        cell.etcd.delete(key)


def changes(cell):
    """The leader changes after the observer has reported the first one."""
    cell.wait(lambda: cell.lines() >= 1)
    cell.wait(lambda: cell.proxy.has_said("answered Watch 1 1"), 1)
    cell.stand("second")
    cell.etcd.delete(cell.stood[0])


def led_later(cell):
    cell.wait(lambda: cell.proxy.has_said("answered Watch 1 1"), 2)
    cell.stand("first")


def watched(cell):
    cell.wait(lambda: cell.lines() >= 1)
    cell.wait(lambda: cell.proxy.has_said("answered Watch 1 1"), 1)
    cell.stand("second")
    cell.wait(lambda: cell.lines() >= 2, 5)
    cell.signal("INT")


CMD = ("--", "sh", "-c", 'echo "ran $ELECTCTL_NAME"')
OWN = ("--ttl", f"{TTL}s")

SCENARIOS = [
    Scenario("leader", ("leader", "{name}"), led),
    Scenario("leader-nobody", ("leader", "{name}"), also=(10,)),
    Scenario("leader-json", ("leader", "{name}", "-w", "json"), led),
    Scenario("leader-is", ("leader", "{name}", "--is", "first"), led),
    Scenario("leader-wait", ("leader", "{name}", "--wait", "5s"), beside=led_later, signalled=(0,)),
    Scenario("inspect", ("inspect", "{name}"), queued),
    Scenario("inspect-json", ("inspect", "{name}", "-w", "json"), queued),
    Scenario("inspect-prometheus", ("inspect", "{name}", "-w", "prometheus"), queued, free_output=True),
    Scenario("inspect-all", ("inspect", "--all", "{name}", "-w", "json"), queued),
    Scenario("inspect-history", ("inspect", "{name}", "--history", "-w", "json"), past),
    Scenario("inspect-verify", ("inspect", "{name}", "--verify"), queued, also=(13,), free_output=True),
    Scenario("inspect-runs", ("inspect", "{name}", "--runs", "-w", "json"), failed_before),
    Scenario("inspect-watch", ("inspect", "{name}", "--watch", "-w", "json"), led, watched, ends_by_signal=True,
             signalled=(0,)),
    Scenario("observe", ("observe", "{name}", "-w", "json", "--count", "2"), led, changes, waits=True, signalled=(0,)),
    Scenario("observe-prefix", ("observe", "{name}", "--prefix", "-w", "json", "--count", "2"), led, changes,
             waits=True, signalled=(0,)),
    Scenario("observe-cmd", ("observe", "{name}", "--count", "2", "--", "sh", "-c", "echo $ELECTCTL_EVENT"), led,
             changes, waits=True, signalled=(0,)),
    Scenario("observe-timeout", ("observe", "{name}", "--timeout", "700ms"), led, signalled=(0,)),
    Scenario("resign-leader", ("resign", "{name}", "--leader"), queued, also=(10,)),
    Scenario("resign-revoke", ("resign", "{name}", "--value", "second", "--revoke"), queued, also=(10,)),
    Scenario("proclaim", ("proclaim", "{name}", "new", "--lease", "{lease}"), led),
    Scenario("campaign-cmd", ("campaign", "{name}", "me", *OWN, *CMD), candidate=True, also=(12,)),
    Scenario("campaign-try", ("campaign", "{name}", "me", *OWN, "--try", *CMD), led, candidate=True),
    Scenario("campaign-wait", ("campaign", "{name}", "me", *OWN, "--wait", "700ms", *CMD), led, candidate=True),
    Scenario("campaign-waits", ("campaign", "{name}", "me", *OWN, *CMD), led, first_goes_once_it_stands,
             candidate=True, also=(12,), waits=True),
    Scenario("campaign-holds", ("campaign", "{name}", "me", *OWN), beside=ended_after_renewals, candidate=True,
             also=(12,), ends_by_signal=True, signalled=(0,)),
    Scenario("campaign-loses", ("campaign", "{name}", "me", *OWN), beside=deleted_when_leading, candidate=True,
             also=(12,), waits=True, signalled=(0,)),
    Scenario("campaign-lease", ("campaign", "{name}", "me", "--lease", "{spare}"), beside=ended_when_leading,
             candidate=True, lease=2 * TTL, also=(12,), ends_by_signal=True, signalled=(0,)),
    Scenario("campaign-lease-again", ("campaign", "{name}", "me", "--lease", "{lease}"), led_for_a_while,
             ended_when_leading, candidate=True, lease=5 * TTL, also=(12,), ends_by_signal=True, signalled=(0,)),
    Scenario("campaign-once", ("campaign", "{name}", "me", *OWN, "--once", "id", "--once-keep", "{keep}s", *CMD),
             candidate=True, also=(12,)),
    Scenario("campaign-retry",
             ("campaign", "{name}", "me", *OWN, "--once", "id", "--once-keep", "{keep}s", "--retry", *CMD), failed_before,
             candidate=True, also=(12,)),
    Scenario("campaign-session", ("campaign", "{name}", "me", *OWN, "--session", "{file}", "--try", *CMD),
             candidate=True, also=(12,)),
    Scenario("elect", ("elect", "{name}", "me"), beside=ended_when_leading, candidate=True, ends_by_signal=True,
             signalled=(0, 1)),
    Scenario("elect-listen", ("elect", "-l", "{name}"), led, watched, ends_by_signal=True, signalled=(0,)),
    Scenario("completion", ("__elections", "{name}"), led, silent=True),
]
