"""Adds many snapshots at once, straight into Cinder's database.

usage: rc_fill.py BASE PROJECT_ID USER_ID VOLUME_ID COUNT [PREFIX]
       rc_fill.py BASE PROJECT_ID USER_ID VOLUME_ID - <ROWS
       rc_fill.py BASE PROJECT_ID --forget

The rows look as if the API had made them, one second apart, the last one
now.  ROWS is a JSON list of objects that say in what a snapshot differs:
id, name, description, status, size, created_at, updated_at (null: none),
consumes_quota, metadata, group_snapshot_id.
Quota usage is corrected too, so deleting them later is sound.  --forget
removes every snapshot row of a project again.
"""

import datetime
import json
import sqlite3
import sys
import uuid


def plain_rows(count, prefix):
    return [{'name': '%s-%05d' % (prefix, i),
             'description': 'number %d of %d' % (i, count)}
            for i in range(count)]


def use_quota(database, project, count, gigabytes):
    for resource, used in (('snapshots', count), ('gigabytes', gigabytes)):
        for name in (resource, resource + '___DEFAULT__'):
            database.execute(
                'update quota_usages set in_use = in_use + ?'
                ' where project_id = ? and resource = ?',
                (used, project, name))


def fill(database, project, user, volume, rows):
    volume_size, kind = database.execute(
        'select size, volume_type_id from volumes where id = ?',
        (volume,)).fetchone()
    now = datetime.datetime.utcnow()
    snapshots, metadata, counted = [], [], []
    for i, row in enumerate(rows):
        when = now - datetime.timedelta(seconds=len(rows) - i)
        when = row.get('created_at') or when.isoformat(
            sep=' ', timespec='microseconds')
        identity = row.get('id') or str(uuid.uuid4())
        size = row.get('size', volume_size)
        consumes = row.get('consumes_quota', True)
        if consumes:
            counted.append(size)
        snapshots.append((
            when, row.get('updated_at', when), 0, identity, volume, user, project,
            row.get('status', 'available'), '100%', size, row.get('name'),
            row.get('description'), kind, consumes,
            row.get('group_snapshot_id')))
        metadata += [(when, 0, identity, key, value)
                     for key, value in (row.get('metadata') or {}).items()]
    with database:
        database.executemany(
            'insert into snapshots (created_at, updated_at, deleted, id,'
            ' volume_id, user_id, project_id, status, progress, volume_size,'
            ' display_name, display_description, volume_type_id, use_quota,'
            ' group_snapshot_id)'
            ' values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)', snapshots)
        database.executemany(
            'insert into snapshot_metadata (created_at, deleted, snapshot_id,'
            ' "key", value) values (?,?,?,?,?)', metadata)
        use_quota(database, project, len(counted), sum(counted))
    print(len(snapshots))


def forget(database, project):
    with database:
        database.execute(
            'delete from snapshot_metadata where snapshot_id in'
            ' (select id from snapshots where project_id = ?)', (project,))
        database.execute('delete from snapshots where project_id = ?',
                         (project,))
        database.execute(
            'update quota_usages set in_use = 0 where project_id = ?'
            " and resource like 'snapshots%'", (project,))


def main():
    base, project, user = sys.argv[1:4]
    database = sqlite3.connect(base + '/state/cinder.sqlite', timeout=30)
    if user == '--forget':
        return forget(database, project)
    volume, count = sys.argv[4:6]
    prefix = sys.argv[6] if len(sys.argv) > 6 else 'bulk'
    rows = json.load(sys.stdin) if count == '-' else plain_rows(
        int(count), prefix)
    return fill(database, project, user, volume, rows)


if __name__ == '__main__':
    main()
