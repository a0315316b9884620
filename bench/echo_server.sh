# What bench/figures and bench/instructions share: the echo server under valgrind or something else, and
# a load for it. To be sourced by a script that has set `name`, in the root of the project.
server=${SERVER:-build/examples/echo_server}
fail() { echo "$name: $*" >&2; exit 1; }
[ -x "$server" ] || fail "$server is missing: run make build"
command -v valgrind >/dev/null || fail "valgrind is missing: run scripts/setup bench"
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
make -s -C bench/load OUT="$dir" load || fail "the load could not be built: run scripts/setup bench"

# Starts the server behind the given command, with what is in options; sets pid and port.
options=()
start() {
    : >"$dir/out"
    "$@" "$server" --listen ws://127.0.0.1:0 --max-message-bytes 16777216 "${options[@]}" >"$dir/out" 2>"$dir/err" &
    pid=$!
    for _ in $(seq 300); do
        grep -q listening "$dir/out" && break
        sleep 0.1
    done
    port=$(sed -n 's/^listening on .*:\([0-9]*\)\/$/\1/p' "$dir/out")
    [ -n "$port" ] || fail "the server did not start: $(cat "$dir/err")"
}
stop() { kill "$pid"; wait "$pid" || true; pid=; }

# rounds CONNECTIONS PAYLOAD IN_FLIGHT ROUNDS: echoes in step.
rounds() {
    "$dir/load" rounds port="$port" connections="$1" payload="$2" in_flight="$3" rounds="$4" >/dev/null
}

# run_counted LOAD...: the instructions of the server under these loads, each a function and its arguments
# in one word.
run_counted() {
    local load
    start valgrind --tool=callgrind --callgrind-out-file=/dev/null
    for load in "$@"; do $load; done
    stop
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$dir/err"
}

# instructions CONNECTIONS PAYLOAD IN_FLIGHT: per message, as the difference of two runs.
instructions() {
    local few many
    few=$(run_counted "rounds $1 $2 $3 $((1000 / $1))")
    many=$(run_counted "rounds $1 $2 $3 $((11000 / $1))")
    echo "$(((many - few) / (10000 * $3)))"
}
