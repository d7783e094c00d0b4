# python-cinderclient, as a program would use it.
#
# usage: python3 bench/peers/cinderclient.py list ENDPOINT
#        python3 bench/peers/cinderclient.py get ENDPOINT ID COUNT
import resource
import sys
import time

sys.path.pop(0)  # where this file is, whose name is the package's
from cinderclient import client
from cinderclient.contrib import noauth
from keystoneauth1 import session

mode, endpoint = sys.argv[1:3]
address, project = endpoint.rsplit("/", 1)
auth = noauth.CinderNoAuthPlugin("user", project, endpoint=address)
cinder = client.Client("3", session=session.Session(auth=auth))

wall, cpu = time.monotonic(), time.process_time()
count = 0
if mode == "list":
    for snapshot in cinder.volume_snapshots.list(limit=None):
        snapshot.id, snapshot.name
        count += 1
else:
    for _ in range(int(sys.argv[4])):
        assert cinder.volume_snapshots.get(sys.argv[3]).id == sys.argv[3]
        count += 1
print("seconds=%.6f cpu=%.6f count=%d peak=%d" % (
    time.monotonic() - wall, time.process_time() - cpu, count,
    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
