"""Asks the cluster directly through its HTTP gateway, without electctl and without the proxy."""
import base64
import http.client
import json
import threading
import time

PATIENCE = 10  # Seconds for a cluster that cannot serve for a moment.
UNAVAILABLE = 14  # The gRPC status.


def encode(data):
    return base64.b64encode(data.encode()).decode()


def decode(data):
    return base64.b64decode(data).decode(errors="replace")


class Etcd:
    """A client of one member. Each thread has a connection of its own."""

    def __init__(self, address):
        self.address = address
        self.token = None
        self.local = threading.local()

    def ask(self, path, body):
        """The answer. Where the cluster cannot serve for a moment (its raft leader changes), it is asked again."""
        give_up = time.monotonic() + PATIENCE
        while True:
            status, said = self.ask_once(path, body)
            if status == 200:
                return said
            if said.get("code") != UNAVAILABLE or time.monotonic() > give_up:
                raise RuntimeError(f"etcd answers {path} with {said}")
            time.sleep(0.2)

    def ask_once(self, path, body):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = self.token
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = http.client.HTTPConnection(self.address, timeout=20)
            try:
                connection.request("POST", path, json.dumps(body), headers)
                answer = connection.getresponse()
                text = answer.read()
                break
            except (OSError, http.client.HTTPException):
                self.local.connection = None
                if attempt == 2:
                    raise
        return answer.status, json.loads(text)

    def put(self, key, value, lease=0):
        self.ask("/v3/kv/put", {"key": encode(key), "value": encode(value), "lease": str(lease)})

    def delete(self, key):
        self.ask("/v3/kv/deleterange", {"key": encode(key)})

    def below(self, prefix):
        """{key: (value, lease)} of all keys that begin with prefix, in the order of their create revisions."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        said = self.ask("/v3/kv/range", {"key": encode(prefix), "range_end": encode(end), "sort_target": "CREATE",
                                         "sort_order": "ASCEND"})
        return {decode(kv["key"]): (decode(kv.get("value", "")), int(kv.get("lease", 0))) for kv in said.get("kvs", [])}

    def grant(self, seconds):
        return int(self.ask("/v3/lease/grant", {"TTL": str(seconds)})["ID"])

    def leases(self):
        return {int(lease["ID"]) for lease in self.ask("/v3/lease/leases", {}).get("leases", [])}

    def life(self, lease):
        """(seconds left, seconds granted, number of keys) of a lease; None where it is gone."""
        said = self.ask("/v3/lease/timetolive", {"ID": str(lease), "keys": True})
        if int(said.get("TTL", 0)) < 0:
            return None
        return int(said.get("TTL", 0)), int(said.get("grantedTTL", 0)), len(said.get("keys", []))

    def require_accounts(self, name, password):
        self.ask("/v3/auth/user/add", {"name": name, "password": password})
        self.ask("/v3/auth/role/add", {"name": name})
        self.ask("/v3/auth/user/grant", {"user": name, "role": name})
        self.ask("/v3/auth/enable", {})
        self.token = self.ask("/v3/auth/authenticate", {"name": name, "password": password})["token"]
