#!/usr/bin/env bash
# One real Apache Kafka broker (KRaft, one node) on 127.0.0.1, from Maven artifacts alone.
#
#   kafka.sh jars               fetch the jars if they are not cached yet; print their folder
#   kafka.sh format DIR PORT    give DIR a broker of its own: settings and empty storage (no-op if it has one)
#   kafka.sh run DIR PORT       format, then become the broker in the foreground
#   kafka.sh start DIR PORT     format, run in the background, return once it serves; keeps the data of DIR
#   kafka.sh stop DIR           end it in good order
#   kafka.sh kill DIR           end it as a power cut would (kill -9)
#
# The controller listens on PORT + 1. To begin afresh, remove DIR.
# A DIR with a server.properties of its own is run with that; each line of its `format` is an argument of formatting.
# FENGHUO_KAFKA_HOME holds the jars (default ~/.cache/fenghuo/kafka), never the working tree.
# FENGHUO_KAFKA_HEAP is the JVM's heap (default 512m). Needs Java 17, and Maven for the first run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/pom.xml")
# The list's own checksum is in the folder's name: an edited list never meets the jars of the old one.
jars=${FENGHUO_KAFKA_HOME:-$HOME/.cache/fenghuo/kafka}/$version-$(cksum < "$here/pom.xml" | cut -d' ' -f1)

fetch_jars() {
  [ -d "$jars" ] && return
  mkdir -p "$(dirname "$jars")"
  local half; half=$(mktemp -d "$jars.XXXXXX")
  # Goes to stderr whole, so that stdout stays the answer; -C refuses a jar whose checksum is wrong.
  if ! mvn -B -ntp -q -C -f "$here/pom.xml" \
      org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
      -DincludeScope=runtime -DoutputDirectory="$half" >&2; then
    rm -rf "$half"; echo "kafka.sh: Maven could not fetch Kafka $version" >&2; return 1
  fi
  # Renamed only when whole. If somebody else was faster, theirs is as good.
  mv -T "$half" "$jars" 2>/dev/null || rm -rf "$half"
}

java_command() {
  # The quick compiler alone and one collector: a broker of a test lives for seconds and shares two cores.
  java=(java -Xms128m "-Xmx${FENGHUO_KAFKA_HEAP:-512m}" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
        -Djava.awt.headless=true
        "-Dlog4j2.configurationFile=$here/log4j2.xml" -cp "$jars/*")
}

write_settings() {
  local dir=$1 port=$2
  [ -e "$dir/server.properties" ] && return
  # Topics exist because somebody created them: a mistyped name must fail, as it will in production.
  # One node can hold one replica, so every internal topic asks for one; few partitions start faster.
  # The initial rebalance delay waits for more members to come; a test has all it will ever have.
  # After kill -9 the controller keeps the dead broker's registration for one session, and the new one waits it out:
  # 9 s by default (restart measured at 12.6 s), 3 s here.
  cat > "$dir/server.properties" <<SETTINGS
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=$dir/data
auto.create.topics.enable=false
num.partitions=4
default.replication.factor=1
min.insync.replicas=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
SETTINGS
}

format_storage() {
  local dir=$1 port=$2
  fetch_jars; java_command
  [ -e "$dir/data/meta.properties" ] && return
  mkdir -p "$dir/data"
  write_settings "$dir" "$port"
  local arguments=(); [ ! -e "$dir/format" ] || mapfile -t arguments < "$dir/format"
  # A new folder is a new cluster: 16 random bytes, base64url, not beginning with a dash (the tool would read a flag).
  local cluster; cluster=F$(head -c 16 /dev/urandom | base64 | tr '+/' 'AB' | cut -c2-22)
  [ "${#arguments[@]}" -gt 0 ] || arguments=(-t "$cluster")
  "${java[@]}" kafka.tools.StorageTool format -c "$dir/server.properties" \
    "${arguments[@]}" >> "$dir/broker.log" 2>&1 ||
    { tail -n 20 "$dir/broker.log" >&2; return 1; }
}

run() {
  format_storage "$1" "$2"
  exec "${java[@]}" kafka.Kafka "$1/server.properties" >> "$1/broker.log" 2>&1
}

start() {
  local dir=$1 port=$2 said=0 pid
  format_storage "$dir" "$port"
  said=$(wc -c < "$dir/broker.log")
  "${java[@]}" kafka.Kafka "$dir/server.properties" >> "$dir/broker.log" 2>&1 &
  pid=$!; echo "$pid" > "$dir/pid"
  for _ in $(seq 1 600); do
    # The port opens before the broker serves; only this line, said since we started it, means ready.
    tail -c "+$((said + 1))" "$dir/broker.log" | grep -q 'Kafka Server started' &&
      { echo "Kafka $version, pid $pid, 127.0.0.1:$port"; return; }
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 40 "$dir/broker.log" >&2; kill -9 "$pid" 2>/dev/null || true; rm -f "$dir/pid"
  echo "kafka.sh: Kafka did not become ready within 60 seconds" >&2; return 1
}

end() {
  local dir=$1 signal=$2 pid
  [ -f "$dir/pid" ] || return 0
  pid=$(cat "$dir/pid"); kill "-$signal" "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  rm -f "$dir/pid"
}

case "${1:-} $#" in
  "jars 1") fetch_jars; echo "$jars";;
  "format 3") format_storage "$2" "$3";;
  "run 3") run "$2" "$3";;
  "start 3") start "$2" "$3";;
  "stop 2") end "$2" TERM;;
  "kill 2") end "$2" KILL;;
  *) sed -n '2,14s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2;;
esac
