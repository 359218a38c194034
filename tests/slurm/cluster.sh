#!/usr/bin/env bash
# A real SLURM of two nodes on this machine, for the tests; node2 has a pretended GPU. Needs root.
#   cluster.sh start STATE_DIR [accounting] | stop STATE_DIR
set -euo pipefail
state=${2:?state folder}
with=${3:-}
here=$(cd "$(dirname "$0")" && pwd)

start() {
    # The configuration must lie there: the jobs' own srun sees no SLURM_CONF.
    mkdir -p "$state"/{run,log,state,spool} /etc/slurm
    sed "s#@STATE@#$state#g" "$here/slurm.conf" >/etc/slurm/slurm.conf
    cp "$here/gres.conf" /etc/slurm/gres.conf
    [ -s /etc/munge/munge.key ] || { mungekey -c && chown munge: /etc/munge/munge.key; }
    install -d -o munge -g munge -m 755 /run/munge /var/log/munge /var/lib/munge
    if ! munge -n 2>/dev/null | unmunge >/dev/null 2>&1; then
        setpriv --reuid=munge --regid=munge --clear-groups /usr/sbin/munged
        touch "$state/own-munge"
        for _ in $(seq 50); do munge -n 2>/dev/null | unmunge >/dev/null 2>&1 && break; sleep 0.1; done
    fi
    [ "$with" != accounting ] || account
    slurmctld
    for node in node1 node2; do slurmd -N "$node"; done
    for _ in $(seq 150); do
        [ "$(sinfo -h -N -p cpu -t idle -o %N 2>/dev/null | wc -l)" = 2 ] && return
        sleep 0.2
    done
    fail "the nodes do not come up"
}

# A database server of our own, SLURM's daemon for it, and the cluster known to both. Such a site may let
# squeue forget a job at once.
account() {
    sed -i -e 's#^\(AccountingStorageType=\).*#\1accounting_storage/slurmdbd#' \
        -e '$aAccountingStorageHost=127.0.0.1\nAccountingStoragePort=16820' \
        -e 's#^\(MinJobAge=\).*#\12#' /etc/slurm/slurm.conf
    install -m 600 /dev/null /etc/slurm/slurmdbd.conf
    sed "s#@STATE@#$state#g" "$here/slurmdbd.conf" >/etc/slurm/slurmdbd.conf
    mariadb-install-db --no-defaults --user=root --datadir="$state/database" --skip-test-db \
        >"$state/log/database.log" 2>&1
    cat >"$state/users.sql" <<'EOF'
CREATE USER slurm@'127.0.0.1' IDENTIFIED BY 'tests';
GRANT ALL ON accounting.* TO slurm@'127.0.0.1';
EOF
    mariadbd --no-defaults --user=root --datadir="$state/database" --init-file="$state/users.sql" \
        --skip-name-resolve --bind-address=127.0.0.1 --port=16821 --socket="$state/run/database.sock" \
        --pid-file="$state/run/database.pid" >>"$state/log/database.log" 2>&1 &
    for _ in $(seq 100); do [ -s "$state/run/database.pid" ] && break; sleep 0.1; done
    slurmdbd
    for _ in $(seq 100); do
        sacctmgr -i add cluster kinepath >/dev/null 2>&1 && return
        sleep 0.2
    done
    fail "there is no accounting"
}

end() {
    local file
    for file; do [ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || rm "$file"; done
    for file; do
        for _ in $(seq 100); do [ -e "$file" ] || break; sleep 0.1; done
    done
}

fail() {
    echo "$*:" >&2
    tail -n 20 "$state"/log/* >&2
    exit 1
}

stop() {
    scancel --state=pending,running --user "$(id -un)" 2>/dev/null || true
    for _ in $(seq 50); do
        [ -z "$(squeue -h -t running,completing 2>/dev/null)" ] && break
        sleep 0.2
    done
    # Each before what it tells its jobs to, and gone before another cluster takes its place.
    end "$state"/run/slurmctld.pid "$state"/run/slurmd-*.pid
    end "$state/run/slurmdbd.pid"
    end "$state/run/database.pid"
    [ ! -e "$state/own-munge" ] || kill "$(cat /run/munge/munged.pid)" 2>/dev/null || true
    rm -f /etc/slurm/slurm.conf /etc/slurm/gres.conf /etc/slurm/slurmdbd.conf
}

"$1"
