# bash completion for rsnapshots. Written by scripts/share from what the commands declare.

_rsnapshots() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' options='--os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version' values='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        create | list | show | set | unset | delete | wait | restore | revert | prune | rotate | check | timeline | simulate) command=${COMP_WORDS[i]} && break ;;
        esac
    done
    # bash takes --option=VALUE apart
    if [ "$word" = = ]; then
        word=''
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $command in
    '')
        options+=' create list show set unset delete wait restore revert prune rotate check timeline simulate help'
        ;;
    create)
        options='--volume --description --force --property --once --no-once --wait -f --format -c --column --sort-column --noindent --quote --max-width --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        -f | --format) values='table json csv value' ;;
        -c | --column) values='id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota' ;;
        --sort-column) values='id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota' ;;
        --quote) values='all minimal none nonnumeric' ;;
        --color) values='auto always never' ;;
        --volume | --description | --property | --max-width | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    list)
        options='--long --name --name-like --status --project --all-projects --property --created-after --created-before --volume --sort --limit --max-items --marker -f --format -c --column --sort-column --noindent --quote --max-width --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        -f | --format) values='table json csv value' ;;
        -c | --column) values='id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota' ;;
        --sort-column) values='id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota' ;;
        --quote) values='all minimal none nonnumeric' ;;
        --color) values='auto always never' ;;
        --name | --name-like | --status | --project | --property | --created-after | --created-before | --volume | --sort | --limit | --max-items | --marker | --max-width | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    show)
        options='-f --format -c --column --sort-column --noindent --quote --max-width --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        -f | --format) values='table json csv value' ;;
        -c | --column) values='id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota' ;;
        --sort-column) values='id name description status size created_at volume_id properties progress held updated_at project_id user_id group_snapshot_id consumes_quota' ;;
        --quote) values='all minimal none nonnumeric' ;;
        --color) values='auto always never' ;;
        --max-width | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    set)
        options='--name --description --property --no-property --hold --no-hold --state --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        --color) values='auto always never' ;;
        --name | --description | --property | --state | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    unset)
        options='--property --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        --color) values='auto always never' ;;
        --property | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    delete)
        options='--force --remote --wait --missing-ok --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        --color) values='auto always never' ;;
        --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    wait)
        options='--deleted --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        --color) values='auto always never' ;;
        --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    restore)
        options='--size --type --availability-zone --property --wait -f --format -c --column --sort-column --noindent --quote --max-width --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        -f | --format) values='table json csv value' ;;
        -c | --column) values='id name description status size snapshot_id volume_type availability_zone created_at properties' ;;
        --sort-column) values='id name description status size snapshot_id volume_type availability_zone created_at properties' ;;
        --quote) values='all minimal none nonnumeric' ;;
        --color) values='auto always never' ;;
        --size | --type | --availability-zone | --property | --max-width | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    revert)
        options='--wait --yes --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        --color) values='auto always never' ;;
        --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    prune)
        options='--keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --keep-within --keep-within-hourly --keep-within-daily --keep-within-weekly --keep-within-monthly --keep-within-yearly --keep-tag --utc-offset --max-remove --group-by --volume --policy --all -n --dry-run --yes --plan-out --plan --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        --group-by) values='volume_id project_id name none' ;;
        --color) values='auto always never' ;;
        --policy | --plan-out | --plan) compopt -o default && return ;;
        --keep-last | --keep-hourly | --keep-daily | --keep-weekly | --keep-monthly | --keep-yearly | --keep-within | --keep-within-hourly | --keep-within-daily | --keep-within-weekly | --keep-within-monthly | --keep-within-yearly | --keep-tag | --utc-offset | --max-remove | --volume | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    rotate)
        options='--volume --volume-property --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --keep-within --keep-within-hourly --keep-within-daily --keep-within-weekly --keep-within-monthly --keep-within-yearly --keep-tag --utc-offset --max-remove --policy-name --slot --name-format -n --dry-run --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        --slot) values='hour day' ;;
        --color) values='auto always never' ;;
        --volume | --volume-property | --keep-last | --keep-hourly | --keep-daily | --keep-weekly | --keep-monthly | --keep-yearly | --keep-within | --keep-within-hourly | --keep-within-daily | --keep-within-weekly | --keep-within-monthly | --keep-within-yearly | --keep-tag | --utc-offset | --max-remove | --policy-name | --name-format | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        compopt -o default
        ;;
    check)
        options='--volume --volume-property --policy --warning --critical -f --format --output --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        -f | --format) values='nagios prometheus json' ;;
        --color) values='auto always never' ;;
        --policy | --output) compopt -o default && return ;;
        --volume | --volume-property | --warning | --critical | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    timeline)
        options='--policy --days --html --volume --name --name-like --status --project --all-projects --property --created-after --created-before --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        --color) values='auto always never' ;;
        --policy | --html) compopt -o default && return ;;
        --days | --volume | --name | --name-like | --status | --project | --property | --created-after | --created-before | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    simulate)
        options='--port --api --latency --create-seconds --delete-seconds --volumes --snapshots --fault --quirk --until-eof --os-cloud --os-region-name --timeout -q --quiet --debug --color -h --help --version'
        case $before in
        --api) values='1 2 3' ;;
        --color) values='auto always never' ;;
        --port | --latency | --create-seconds | --delete-seconds | --volumes | --snapshots | --fault | --quirk | --os-cloud | --os-region-name | --timeout) return ;;
        esac
        ;;
    esac
    if [ -n "$values" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    fi
}

complete -F _rsnapshots rsnapshots
