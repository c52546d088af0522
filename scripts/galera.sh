#!/usr/bin/env bash
# A MariaDB Galera cluster of three nodes on this machine: to try the library on, and for `tests/cluster`.
#
# Everything lies below one folder and listens on loopback, on ports that were free. The transfer of a node's state is
# the real one (rsync for all of it, IST for what a node missed), and so are all time-outs of the cluster.
set -euo pipefail
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL=C

readonly LOWEST_PORT=21000 PORT_RANGE=10000 NODES="1 2 3" DATABASE=loyalty ACCOUNT=loyalty
readonly START_SECONDS=90 STOP_SECONDS=15
readonly PROVIDERS="/usr/lib/galera/libgalera_smm.so /usr/lib/galera-4/libgalera_smm.so
  /usr/lib64/galera-4/libgalera_smm.so /usr/lib64/galera/libgalera_smm.so"

usage() {
  cat <<'END'
usage: scripts/galera.sh COMMAND FOLDER [NODE]

  start FOLDER           make and start three nodes; FOLDER must not exist yet, or be empty
  url FOLDER [NODE]      the address for SqlStorage: all nodes, NODE (or the first) before the others
  status FOLDER          one line per node: number, port, process, state, members, component
  kill FOLDER NODE       kill -9
  rejoin FOLDER NODE     start a node again; it is given what it has missed; waits until it serves
  pause FOLDER NODE      SIGSTOP: it answers nothing, and its connections stay open
  resume FOLDER NODE     SIGCONT
  bootstrap FOLDER NODE  declare what NODE sees to be the cluster, after a majority was lost for good
  sql FOLDER NODE [...]  the client of MariaDB, as root
  stop FOLDER            end all nodes; the folder stays
END
}

fail() {
  echo "galera.sh: $*" >&2
  exit 1
}

provider() {
  local path
  for path in $PROVIDERS; do
    [ -e "$path" ] && echo "$path" && return
  done
  return 1
}

require_packages() {
  local missing=""
  { command -v mariadbd && command -v mariadb-install-db && command -v mariadb; } >/dev/null || missing+=" mariadb-server"
  provider >/dev/null || missing+=" galera-4"
  command -v rsync >/dev/null || missing+=" rsync"
  [ -z "$missing" ] || fail "missing:$missing. On Debian: apt-get install --no-install-recommends$missing"
}

# A server that is started by root has to run as somebody else.
server_user() {
  if [ "$(id -u)" = 0 ]; then echo mysql; else id -un; fi
}

is_free() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Below the ports that the system gives to clients: one that is free now is still free when the node starts.
free_ports() {
  local first port try
  for try in $(seq 100); do
    first=$((LOWEST_PORT + RANDOM % PORT_RANGE))
    for port in $(seq "$first" $((first + 19))); do
      is_free "$port" || continue 2
    done
    echo "$first"
    return
  done
  fail "no twenty free ports in a row"
}

port() { # NODE KIND: where it listens for clients, for the group, for missed writes, for a whole state
  local offset
  case $2 in sql) offset=0 ;; group) offset=4 ;; ist) offset=8 ;; sst) offset=12 ;; esac
  echo $(($(<"$folder/ports") + offset + $1))
}

configure() { # NODE
  local home="$folder/node$1" members="" node
  for node in $NODES; do members+="${members:+,}127.0.0.1:$(port "$node" group)"; done
  mkdir -p "$home/data" "$home/tmp"
  cat >"$home/my.cnf" <<END
[mariadbd]
datadir=$home/data
tmpdir=$home/tmp
socket=$home/socket
pid-file=$home/data/pid
log-error=$home/error.log
bind-address=127.0.0.1
port=$(port "$1" sql)
skip-name-resolve
character-set-server=utf8mb4
max_connections=200
performance_schema=OFF
innodb_buffer_pool_size=64M
innodb_log_file_size=32M
innodb_autoinc_lock_mode=2
# A node that crashes is brought up to date by the others, so not every commit waits for its disk.
innodb_flush_log_at_trx_commit=2
binlog_format=ROW
default_storage_engine=InnoDB
wsrep_on=ON
wsrep_provider=$(provider)
wsrep_provider_options="base_host=127.0.0.1;base_port=$(port "$1" group);gmcast.listen_addr=tcp://127.0.0.1:$(port "$1" group);ist.recv_addr=127.0.0.1:$(port "$1" ist);ist.recv_bind=127.0.0.1:$(port "$1" ist);gcache.size=64M"
wsrep_cluster_name=loyaltycore
wsrep_cluster_address=gcomm://$members
wsrep_node_name=node$1
wsrep_node_address=127.0.0.1:$(port "$1" group)
wsrep_slave_threads=2
wsrep_sst_method=rsync
wsrep_sst_receive_address=127.0.0.1:$(port "$1" sst)
END
}

root_sql() { # NODE [ARGUMENTS]
  local node=$1
  shift
  mariadb --no-defaults --user=root --socket="$folder/node$node/socket" "$@"
}

is_running() { # NODE; a number that the system gave to somebody else since is not ours
  local pid
  pid=$(cat "$folder/node$1/process" 2>/dev/null) || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$folder/node$1/"
}

send() { # SIGNAL NODE
  is_running "$2" || fail "node $2 is not running"
  kill "-$1" "$(<"$folder/node$2/process")"
}

tell_status() { # NODE NAME
  timeout 2 mariadb --no-defaults --user=root --socket="$folder/node$1/socket" -Nse "SHOW STATUS LIKE '$2'" 2>/dev/null |
    cut -f2 || true
}

launch() { # NODE [OPTION]
  local home="$folder/node$1" process waited
  is_running "$1" && fail "node $1 is running already"
  setsid mariadbd --defaults-file="$home/my.cnf" --user="$(server_user)" ${2:+"$2"} \
    >"$home/output.log" 2>&1 </dev/null &
  process=$!
  echo "$process" >"$home/process"
  for waited in $(seq $((START_SECONDS * 10))); do
    [ "$(tell_status "$1" wsrep_local_state_comment)" = Synced ] && return
    kill -0 "$process" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$home/error.log" >&2
  fail "node $1 did not come up; its log is $home/error.log"
}

# A node that was killed has not written down how far it was, but its tables tell; else it would ask for a copy of all.
position() { # NODE
  mariadbd --defaults-file="$folder/node$1/my.cnf" --user="$(server_user)" --wsrep-recover --disable-log-error 2>&1 |
    tee "$folder/node$1/recovery.log" | sed -n 's/.*WSREP: Recovered position: *//p' | tail -n 1
}

start() {
  local node secret
  require_packages
  [ -z "$(ls -A "$folder" 2>/dev/null)" ] || fail "$folder is not empty"
  mkdir -p "$folder"
  trap stop EXIT # a part of a cluster is of no use
  free_ports >"$folder/ports"
  for node in $NODES; do configure "$node"; done
  if [ "$(id -u)" = 0 ]; then
    chown -R "$(server_user)" "$folder"
    runuser -u "$(server_user)" -- test -x "$folder" || fail "the user $(server_user) cannot reach $folder"
  fi
  mariadb-install-db --defaults-file="$folder/node1/my.cnf" --user="$(server_user)" --skip-test-db \
    --auth-root-authentication-method=normal --wsrep_on=OFF >"$folder/install.log" 2>&1 ||
    fail "no database could be made; see $folder/install.log"
  launch 1 --wsrep-new-cluster
  secret=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && echo "$secret" >"$folder/secret")
  root_sql 1 -e "CREATE DATABASE $DATABASE; CREATE USER '$ACCOUNT'@'127.0.0.1' IDENTIFIED BY '$secret';
    GRANT ALL ON \`$DATABASE%\`.* TO '$ACCOUNT'@'127.0.0.1'"
  launch 2
  launch 3
  trap - EXIT
}

url() { # [NODE]
  local first=${1:-1} node hosts
  hosts="127.0.0.1:$(port "$first" sql)"
  for node in $NODES; do [ "$node" = "$first" ] || hosts+=",127.0.0.1:$(port "$node" sql)"; done
  echo "mariadb://$ACCOUNT:$(<"$folder/secret")@$hosts/$DATABASE"
}

status() {
  local node process
  for node in $NODES; do
    process=down
    if is_running "$node"; then process=$(<"$folder/node$node/process"); fi
    echo "$node" "$(port "$node" sql)" "$process" \
      "$(tell_status "$node" wsrep_local_state_comment | tr ' ' _)" \
      "$(tell_status "$node" wsrep_cluster_size)" \
      "$(tell_status "$node" wsrep_cluster_status)"
  done
}

await_end() { # NODE SECONDS
  local waited
  for waited in $(seq $(($2 * 10))); do
    is_running "$1" || return 0
    sleep 0.1
  done
  return 1
}

stop() {
  local node
  for node in $NODES; do
    if is_running "$node"; then send CONT "$node" && send TERM "$node"; fi
  done
  for node in $NODES; do
    if ! await_end "$node" "$STOP_SECONDS"; then send KILL "$node" && await_end "$node" "$STOP_SECONDS"; fi
  done
}

[ $# -ge 2 ] || { usage >&2 && exit 2; }
command=$1
mkdir -p "$(dirname "$2")"
folder=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
shift 2

if [ "$command" != start ]; then
  [ -e "$folder/ports" ] || fail "there is no cluster in $folder"
fi
case $command in
  kill | rejoin | pause | resume | bootstrap | sql)
    case " $NODES " in *" ${1:-none} "*) ;; *) usage >&2 && exit 2 ;; esac
    ;;
esac

case $command in
  start) start && status ;;
  url) url "$@" ;;
  status) status ;;
  kill) send KILL "$1" && await_end "$1" "$STOP_SECONDS" ;;
  rejoin) ! is_running "$1" || fail "node $1 is running already" && launch "$1" --wsrep-start-position="$(position "$1")" ;;
  pause) send STOP "$1" ;;
  resume) send CONT "$1" ;;
  bootstrap) root_sql "$1" -e "SET GLOBAL wsrep_provider_options='pc.bootstrap=true'" ;;
  sql) root_sql "$@" ;;
  stop) stop ;;
  *) usage >&2 && exit 2 ;;
esac
