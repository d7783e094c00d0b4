"""Lists a project's snapshots with python-cinderclient, as JSON.

usage: rc_cinderclient.py AUTH_URL USER PASSWORD PROJECT MICROVERSION [NAME=VALUE ...]

NAME=VALUE are search options.  Without arguments: exits with 0 where the
client is installed.
"""

import json
import sys

from cinderclient import client
from keystoneauth1 import session
from keystoneauth1.identity import v3


def main():
    if len(sys.argv) == 1:
        return
    url, user, password, project, microversion = sys.argv[1:6]
    auth = v3.Password(
        auth_url=url, username=user, password=password, project_name=project,
        user_domain_id='default', project_domain_id='default')
    cinder = client.Client(microversion, session=session.Session(auth=auth))
    found = cinder.volume_snapshots.list(
        search_opts=dict(word.split('=', 1) for word in sys.argv[6:]))
    json.dump([snapshot.to_dict() for snapshot in found], sys.stdout)


if __name__ == '__main__':
    main()
