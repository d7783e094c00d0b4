# fish completion for rsnapshots. Written by scripts/share from what the commands declare.
complete -c rsnapshots -f
complete -c rsnapshots -n __fish_use_subcommand -a create -d 'Create snapshots of volumes.'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l volume -d 'The volume, by id or name; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l description -d 'The snapshot\'s description.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l force -d 'Allow volumes in use (newer services always do).'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l property -d 'Give it this property; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l once -d 'Never create two snapshots if an answer is lost (the default).'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l no-once -d 'Never create two snapshots if an answer is lost (the default).'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l wait -d 'Wait until it is complete.'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -s f -d 'table (default), json, csv, or value (the values only).' -x -a 'table json csv value'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l format -d 'table (default), json, csv, or value (the values only).' -x -a 'table json csv value'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -s c -d 'Print only this column; repeatable, in the order given.' -x -a 'id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l column -d 'Print only this column; repeatable, in the order given.' -x -a 'id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l sort-column -d 'Sort the output by this column; repeatable.' -x -a 'id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l noindent -d 'Print JSON on one line.'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l quote -d 'What to quote in CSV: nonnumeric (default), all, minimal, none.' -x -a 'all minimal none nonnumeric'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l max-width -d 'Fit a table into this many columns; 0: no limit. Default: the terminal\'s width, or no limit on a pipe.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from create' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a list -d 'List snapshots.'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l long -d 'Also show creation time, volume, properties, progress and hold.'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l name -d 'Only snapshots with this name.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l name-like -d 'Only snapshots with this text in their name.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l status -d 'Only snapshots with this status, such as available or error.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l project -d 'Only snapshots of the project with this id (for administrators).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l all-projects -d 'Include other projects (for administrators).'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l property -d 'Only snapshots with this property; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l created-after -d 'Only snapshots created after this day or time, such as 2026-11-23.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l created-before -d 'Only snapshots created before this day or time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l volume -d 'Only snapshots of this volume, by id or name.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l sort -d 'Sort by these keys: created_at, description, id, name, size, status, updated_at, volume_id.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l limit -d 'Ask for N per request; the command reads all pages anyway.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l max-items -d 'List at most N in all.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l marker -d 'Begin after this snapshot.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -s f -d 'table (default), json, csv, or value (the values only).' -x -a 'table json csv value'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l format -d 'table (default), json, csv, or value (the values only).' -x -a 'table json csv value'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -s c -d 'Print only this column; repeatable, in the order given.' -x -a 'id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l column -d 'Print only this column; repeatable, in the order given.' -x -a 'id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l sort-column -d 'Sort the output by this column; repeatable.' -x -a 'id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l noindent -d 'Print JSON on one line.'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l quote -d 'What to quote in CSV: nonnumeric (default), all, minimal, none.' -x -a 'all minimal none nonnumeric'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l max-width -d 'Fit a table into this many columns; 0: no limit. Default: the terminal\'s width, or no limit on a pipe.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from list' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a show -d 'Show everything about snapshots.'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -s f -d 'table (default), json, csv, or value (the values only).' -x -a 'table json csv value'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l format -d 'table (default), json, csv, or value (the values only).' -x -a 'table json csv value'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -s c -d 'Print only this column; repeatable, in the order given.' -x -a 'id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l column -d 'Print only this column; repeatable, in the order given.' -x -a 'id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l sort-column -d 'Sort the output by this column; repeatable.' -x -a 'id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l noindent -d 'Print JSON on one line.'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l quote -d 'What to quote in CSV: nonnumeric (default), all, minimal, none.' -x -a 'all minimal none nonnumeric'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l max-width -d 'Fit a table into this many columns; 0: no limit. Default: the terminal\'s width, or no limit on a pipe.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from show' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a set -d 'Change a snapshot\'s name, description, properties, hold or status.'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l name -d 'Give it this name; "" removes its name.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l description -d 'Give it this description; "" removes it.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l property -d 'Give it this property; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l no-property -d 'First remove all its properties, except a hold.'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l hold -d 'Protect it from pruning until that day, or for ever; --no-hold ends this.'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l no-hold -d 'Protect it from pruning until that day, or for ever; --no-hold ends this.'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l state -d 'Set its status, such as available or error (for administrators).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from set' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a unset -d 'Remove properties of a snapshot.'
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -l property -d 'The property to remove; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from unset' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a delete -d 'Delete snapshots.'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l force -d 'Delete it in any state (for administrators).'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l remote -d 'Make the service forget it, but keep it in its storage (for administrators).'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l wait -d 'Wait until it is gone.'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l missing-ok -d 'Do not fail if a snapshot does not exist.'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from delete' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a wait -d 'Wait until snapshots are complete, or gone.'
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -l deleted -d 'Wait until they are gone; one that does not exist counts as gone.'
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from wait' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a restore -d 'Create a new volume from a snapshot.'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l size -d 'The volume\'s size; at least the snapshot\'s, which is the default.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l type -d 'The volume\'s type.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l availability-zone -d 'The volume\'s availability zone.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l property -d 'Give it this property; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l wait -d 'Wait until it is available.'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -s f -d 'table (default), json, csv, or value (the values only).' -x -a 'table json csv value'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l format -d 'table (default), json, csv, or value (the values only).' -x -a 'table json csv value'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -s c -d 'Print only this column; repeatable, in the order given.' -x -a 'id name description status size snapshot_id volume_type availability_zone created_at properties'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l column -d 'Print only this column; repeatable, in the order given.' -x -a 'id name description status size snapshot_id volume_type availability_zone created_at properties'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l sort-column -d 'Sort the output by this column; repeatable.' -x -a 'id name description status size snapshot_id volume_type availability_zone created_at properties'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l noindent -d 'Print JSON on one line.'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l quote -d 'What to quote in CSV: nonnumeric (default), all, minimal, none.' -x -a 'all minimal none nonnumeric'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l max-width -d 'Fit a table into this many columns; 0: no limit. Default: the terminal\'s width, or no limit on a pipe.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from restore' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a revert -d 'Take a volume back to its newest snapshot.'
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l wait -d 'Wait until the volume is available again.'
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l yes -d 'Do not ask.'
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from revert' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a prune -d 'Remove snapshots that the rules do not keep.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-last -d 'Keep the N newest; N may be unlimited.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-hourly -d 'Keep the newest of each of N hours.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-daily -d 'Keep the newest of each of N days.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-weekly -d 'Keep the newest of each of N ISO weeks.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-monthly -d 'Keep the newest of each of N months.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-yearly -d 'Keep the newest of each of N years.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-within -d 'Keep all that are at most this much older than the newest, such as 7d or 1y5m7d2h.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-within-hourly -d 'Keep the newest of each hour within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-within-daily -d 'Keep the newest of each day within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-within-weekly -d 'Keep the newest of each ISO week within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-within-monthly -d 'Keep the newest of each month within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-within-yearly -d 'Keep the newest of each year within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l keep-tag -d 'Keep snapshots with all of these properties; repeatable; "": those with no property.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l utc-offset -d 'The offset from UTC that decides when a day begins; default +00:00.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l max-remove -d 'Refuse to remove more than N in all, or P% of a volume\'s. Default: 50% of a volume\'s, if it has more than three.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l group-by -d 'Apply the rules separately to each volume_id (default), project_id or name; none: to all snapshots together.' -x -a 'volume_id project_id name none'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l volume -d 'Only snapshots of this volume, by id or name; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l policy -d 'Apply the policies in this file to their volumes.' -r -F
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l all -d 'Include snapshots that no policy created.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -s n -d 'Print the plan, and remove nothing.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l dry-run -d 'Print the plan, and remove nothing.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l yes -d 'Do not ask.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l plan-out -d 'Write the plan to this file, and remove nothing.' -r -F
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l plan -d 'Do exactly what this file says, which --plan-out wrote.' -r -F
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from prune' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a rotate -d 'Create a snapshot of each volume, and remove what the policy no longer keeps.'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l volume -d 'This volume, by id or name; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l volume-property -d 'All volumes with this property; repeatable: with all of these properties.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-last -d 'Keep the N newest; N may be unlimited.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-hourly -d 'Keep the newest of each of N hours.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-daily -d 'Keep the newest of each of N days.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-weekly -d 'Keep the newest of each of N ISO weeks.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-monthly -d 'Keep the newest of each of N months.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-yearly -d 'Keep the newest of each of N years.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-within -d 'Keep all that are at most this much older than the newest, such as 7d or 1y5m7d2h.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-within-hourly -d 'Keep the newest of each hour within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-within-daily -d 'Keep the newest of each day within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-within-weekly -d 'Keep the newest of each ISO week within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-within-monthly -d 'Keep the newest of each month within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-within-yearly -d 'Keep the newest of each year within that time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l keep-tag -d 'Keep snapshots with all of these properties; repeatable; "": those with no property.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l utc-offset -d 'The offset from UTC that decides when a day begins; default +00:00.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l max-remove -d 'Refuse to remove more than N in all, or P% of a volume\'s. Default: 50% of a volume\'s, if it has more than three.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l policy-name -d 'The policy\'s name; only its own snapshots are pruned. Default: rotate.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l slot -d 'One good snapshot per hour (default) or day.' -x -a 'hour day'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l name-format -d 'The snapshots\' names, with {policy}, {slot}, {volume}, {volume_id}; default {policy}-{slot}.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -s n -d 'Print what would be made and removed, and why; change nothing.'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l dry-run -d 'Print what would be made and removed, and why; change nothing.'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -l version -d 'Print the version.'
complete -c rsnapshots -n '__fish_seen_subcommand_from rotate' -F
complete -c rsnapshots -n __fish_use_subcommand -a check -d 'Tell monitoring how old the newest good snapshots are.'
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l volume -d 'This volume, by id or name; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l volume-property -d 'All volumes with this property; repeatable: with all of these properties.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l policy -d 'Check the volumes of the policies in this file.' -r -F
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l warning -d 'Warn if the newest good snapshot is older than this; default 26h.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l critical -d 'Critical if it is older than this; default 50h.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -s f -d 'nagios (default), prometheus (for the textfile collector), json.' -x -a 'nagios prometheus json'
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l format -d 'nagios (default), prometheus (for the textfile collector), json.' -x -a 'nagios prometheus json'
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l output -d 'Write to this file, which is replaced in one step.' -r -F
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from check' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a timeline -d 'Draw a calendar of snapshots: a row for each volume, a cell for each day.'
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l policy -d 'Show the volumes of the policies in this file, and what the policies keep.' -r -F
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l days -d 'How many days to show (30; on a terminal as many as fit).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l html -d 'Write a single HTML page instead, with every snapshot and reason.' -r -F
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l volume -d 'Only snapshots of this volume, by id or name; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l name -d 'Only snapshots with this name.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l name-like -d 'Only snapshots with this text in their name.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l status -d 'Only snapshots with this status, such as available or error.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l project -d 'Only snapshots of the project with this id (for administrators).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l all-projects -d 'Include other projects (for administrators).'
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l property -d 'Only snapshots with this property; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l created-after -d 'Only snapshots created after this day or time, such as 2026-11-23.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l created-before -d 'Only snapshots created before this day or time.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from timeline' -l version -d 'Print the version.'
complete -c rsnapshots -n __fish_use_subcommand -a simulate -d 'Run a simulated cloud on loopback, for trying things out.'
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l port -d 'The port to listen on; 0 (default): any free port.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l api -d 'Offer this version of the API; repeatable. Default: all of them.' -x -a '1 2 3'
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l latency -d 'Wait this long before every answer.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l create-seconds -d 'How long a new snapshot or volume is in creation (0.2).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l delete-seconds -d 'How long a delete takes (0.2).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l volumes -d 'Begin with N volumes (1).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l snapshots -d 'Begin with N snapshots of each volume (0).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l fault -d 'Make some requests go wrong; repeatable.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l quirk -d 'Answer like this odd service; repeatable. "list" shows them all.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l until-eof -d 'Stop when the standard input ends.'
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l os-cloud -d 'Use this cloud of clouds.yaml, whatever OS_CLOUD says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l os-region-name -d 'Use this region, whatever OS_REGION_NAME says.' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l timeout -d 'How long one call may take, including its retries (60), and how long a wait may take (600).' -x
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -s q -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l quiet -d 'Print failures only.'
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l debug -d 'Report every request on standard error.'
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l color -d 'Use colours: auto (on a terminal, unless NO_COLOR is set), always, never.' -x -a 'auto always never'
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -s h -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l help -d 'Print this help.'
complete -c rsnapshots -n '__fish_seen_subcommand_from simulate' -l version -d 'Print the version.'
