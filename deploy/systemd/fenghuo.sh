#!/bin/sh
# The program's commands with the settings and the user of this machine's units: `fenghuo doctor` typed by root looks at
# the installation, not at an embedded program in the folder where it is typed. To be installed as /usr/local/bin/fenghuo.
set -eu

# As systemd reads them: NAME=value, nothing expanded, one pair of quotes taken off, the last one wins.
for file in /etc/fenghuo/fenghuo.env /etc/fenghuo/gateway.env; do
    [ -e "$file" ] || continue
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        [A-Z]*=*) ;;
        *) continue ;;
        esac
        value=${line#*=}
        case $value in
        \"*\") value=${value#\"} value=${value%\"} ;;
        \'*\') value=${value#\'} value=${value%\'} ;;
        esac
        export "${line%%=*}=$value"
    done <"$file"
done
[ "$(id -un)" = fenghuo ] || exec setpriv --reuid fenghuo --regid fenghuo --init-groups /opt/fenghuo/.venv/bin/fenghuo "$@"
exec /opt/fenghuo/.venv/bin/fenghuo "$@"
