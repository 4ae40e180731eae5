"""The faults of the matrix, and what each of them allows."""
from dataclasses import dataclass

TRIES = 0.4  # Seconds of a short hold: shorter than any try may take.
LATE = 6  # Seconds of a long hold: longer than any call may take.
# Part of a cell's name: etcd gets the grant of a lease after electctl has ended, so nobody can revoke the lease.
COMES_LATE = f"LeaseGrant 2 1 before hold {LATE * 1000}"


@dataclass(frozen=True)
class Fault:
    when: str
    what: str
    # Another try of the same call succeeds at the same endpoint ...
    once_more: bool = False
    # ... or at another one.
    elsewhere: bool = False
    # The answer is unchanged, but comes later.
    harmless: bool = False
    # No answer comes. Only a timeout shows the fault.
    mute: bool = False
    # The endpoint may look unreachable: exit 2.
    unreachable: bool = False

    @property
    def text(self):
        return f"{self.when} {self.what}"


def statuses():
    passing = dict(once_more=True, elsewhere=True)
    return [
        Fault("before", "status 14 etcdserver: request timed out", **passing, unreachable=True),
        Fault("before", "status 14 etcdserver: rpc not supported for learner", **passing, unreachable=True),
        Fault("before", "status 14 etcdserver: no leader", **passing, unreachable=True),
        Fault("after", "status 14 etcdserver: leader changed", **passing, unreachable=True),
        Fault("before", "status 4 context deadline exceeded", **passing),
        Fault("after", "status 4 context deadline exceeded", **passing),
        Fault("before", "status 2 context deadline exceeded", **passing),
        Fault("before", "status 13 transport is closing", **passing),
        Fault("after", "status 13 transport is closing", **passing),
        Fault("before", "status 8 etcdserver: too many requests", **passing),
        Fault("before", "status 1 context canceled", **passing),
        # Errors of this endpoint. Another one can serve the call.
        Fault("before", "status 9 etcdserver: rpc not supported for learner", elsewhere=True),
        Fault("before", "status 12 unknown service etcdserverpb", elsewhere=True),
        # Errors that no retry can fix.
        Fault("before", "status 15 etcdserver: corrupt cluster"),
        Fault("before", "status 2 something odd"),
        Fault("before", "status 3 etcdserver: request is too large"),
        Fault("before", "status 5 etcdserver: requested lease not found"),
        Fault("before", "status 7 etcdserver: permission denied"),
        Fault("before", "status 8 etcdserver: mvcc: database space exceeded"),
        Fault("before", "status 9 etcdserver: lease already exists"),
        Fault("before", "status 10 aborted"),
        Fault("before", "status 11 etcdserver: mvcc: required revision has been compacted"),
        Fault("before", "status 16 etcdserver: invalid auth token"),
    ]


def others():
    faults = []
    for when in ("before", "after"):
        faults += [
            Fault(when, "end", once_more=True, elsewhere=True),
            Fault(when, "empty", once_more=True, elsewhere=True),
            Fault(when, "cut", once_more=True, elsewhere=True, unreachable=True),
            Fault(when, "silence", elsewhere=True, mute=True, unreachable=True),
            Fault(when, f"hold {int(TRIES * 1000)}", once_more=True, elsewhere=True, harmless=True),
            Fault(when, f"hold {LATE * 1000}", elsewhere=True, mute=True, unreachable=True),
        ]
    return faults


def all_faults():
    return statuses() + others()
