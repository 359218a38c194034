#!/usr/bin/env bash
# A real SLURM of two nodes on this machine, for the tests; node2 has a pretended GPU. Needs root.
#   cluster.sh start STATE_DIR | stop STATE_DIR
set -euo pipefail
state=${2:?state folder}
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
    slurmctld
    for node in node1 node2; do slurmd -N "$node"; done
    for _ in $(seq 150); do
        [ "$(sinfo -h -N -p cpu -t idle -o %N 2>/dev/null | wc -l)" = 2 ] && return
        sleep 0.2
    done
    echo "the nodes do not come up:" >&2
    tail -n 20 "$state"/log/* >&2
    return 1
}

stop() {
    scancel --state=pending,running --user "$(id -un)" 2>/dev/null || true
    for _ in $(seq 50); do
        [ -z "$(squeue -h -t running,completing 2>/dev/null)" ] && break
        sleep 0.2
    done
    for file in "$state"/run/*.pid; do
        [ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
    done
    [ ! -e "$state/own-munge" ] || kill "$(cat /run/munge/munged.pid)" 2>/dev/null || true
    rm -f /etc/slurm/slurm.conf /etc/slurm/gres.conf
}

"$1"
