# SPDX-License-Identifier: MIT
# pipelines/export.sh: audiences as CSV, and to a real server on loopback.
load common

X=$BATS_TEST_DIRNAME/../pipelines/export.sh

setup() {
	need_command jq
	need_command curl
	tsv 'customer_id|e_mail|note' '0001| Ann@Example.COM |says "hi", twice' '2|bob@example.com|' \
		'3||a\tb' '4|ann@example.com|ÉCOLE\nx' > "$T/audience"
}

teardown() {
	[ -z "${server:-}" ] || kill "$server" 2> /dev/null || true
}

# serve CODE...: a server that answers with these codes in turns, then 200, and keeps what it was sent.
serve() {
	/usr/bin/python3 "$BATS_TEST_DIRNAME/gen/server.py" "$T/sent" "$@" > "$T/port" &
	server=$!
	local i
	for i in {1..100}; do
		[ -s "$T/port" ] && break
		sleep 0.1
	done
	url=http://127.0.0.1:$(cat "$T/port")/audience
}

@test "csv: SHA-256 of the value trimmed and in lower case, by the platforms' rule" {
	run --separate-stderr "$X" csv --keep note,customer_id e_mail=email_sha256 "$T/audience"
	assert_success
	# printf %s ann@example.com | sha256sum
	local ann=$(printf ann@example.com | sha256sum | cut -d ' ' -f 1)
	assert_line --index 0 'email_sha256,note,customer_id'
	assert_line --index 1 "$ann,\"says \"\"hi\"\", twice\",\"0001\""
	assert_line --index 2 "$(printf bob@example.com | sha256sum | cut -d ' ' -f 1),\"\",\"2\""
	# the missing value stays missing: it has no hash
	assert_line --index 3 $',"a\tb","3"'
	assert_line --index 4 "$ann,\"ÉCOLE"
	assert_line --index 5 'x","4"'
	tsv 'word' 'abc' ' ABC ' > "$T/in"
	run "$X" csv word "$T/in"
	# FIPS 180-2, appendix B.1
	assert_line --index 1 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
	assert_line --index 2 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
}

@test "csv: gzip and standard input; what is wrong is said" {
	gzip -c "$T/audience" > "$T/a.gz"
	run "$X" csv e_mail "$T/a.gz"
	assert_output "$("$X" csv e_mail < "$T/audience")"
	refused 1 'export.sh: no column "mail"' "$X" csv mail "$T/audience"
	refused 1 "export.sh: $T/none: cannot be read" "$X" csv e_mail "$T/none"
	head -c 60 "$T/a.gz" > "$T/cut.gz"
	refused 1 "export.sh: the stream is damaged or cut short" "$X" csv e_mail "$T/cut.gz"
	printf 'e_mail\nx' > "$T/cut"
	refused 1 "export.sh: the last line is cut short" "$X" csv e_mail "$T/cut"
	refused 2 "usage: export.sh csv|post [--keep COLUMN,...] COLUMN[=NAME],...|URL [FILE]" \
		bash -c '"$0" 2>&1 >/dev/null | sed "s/^export.sh: //" >&2; exit ${PIPESTATUS[0]}' "$X"
	refused 2 'export.sh: BATCH and TRIES are whole numbers above 0, not "0"' env BATCH=0 "$X" csv e_mail "$T/audience"
}

@test "post: batches arrive whole and in order; the token is a header; values keep their bytes" {
	need_python http.server
	serve
	run --separate-stderr env BATCH=3 TOKEN=secret "$X" post "$url" "$T/audience"
	assert_equal "$stderr" "export.sh: 4 rows sent in 2 batches"
	assert_success
	assert_equal "$(jq -c '[.body.batch, (.body.rows | length)]' "$T/sent" | tr '\n' ' ')" "[1,3] [2,1] "
	assert_equal "$(jq -rs '[.[].body.rows[]][0].e_mail' "$T/sent")" " Ann@Example.COM "
	assert_equal "$(jq -rs '[.[].body.rows[]][2] | [.e_mail, .note] | tojson' "$T/sent")" '[null,"a\tb"]'
	assert_equal "$(jq -rs '[.[].body.rows[]][3].note' "$T/sent")" $'ÉCOLE\nx'
	assert_equal "$(jq -r '.headers.authorization' "$T/sent" | sort -u)" "Bearer secret"
	assert_equal "$(jq -r '.headers["content-type"]' "$T/sent" | sort -u)" "application/json"
	run "$X" post --keep customer_id "$url" "$T/audience"
	assert_success
	assert_equal "$(tail -1 "$T/sent" | jq -c '.body.rows[1]')" '{"customer_id":"2"}'
}

@test "post: tries again after 503, 429 and no answer, with the same key; not after 400" {
	need_python http.server
	serve 503 429 drop 200 400
	run env BATCH=3 PAUSE=0.05 "$X" post "$url" "$T/audience"
	# the first batch at the fourth try; the second is refused
	assert_failure 1
	assert_output "export.sh: batch 2: $url answers 400"
	assert_equal "$(jq -r .answer "$T/sent" | tr '\n' ' ')" "503 429 drop 200 400 "
	assert_equal "$(jq -r '.headers["idempotency-key"]' "$T/sent" | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" "4 1 "
	assert_equal "$(jq -c .body "$T/sent" | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" "4 1 "
}

@test "post: gives up after TRIES, and says so" {
	need_python http.server
	serve 500 500 500
	run env TRIES=2 PAUSE=0.05 "$X" post "$url" "$T/audience"
	assert_failure 1
	assert_output "export.sh: batch 1: $url answers 500 after 2 tries"
	assert_equal "$(wc -l < "$T/sent")" 2
	kill "$server"
	wait "$server" || true
	run env TRIES=2 PAUSE=0.05 "$X" post "$url" "$T/audience"
	assert_failure 1
	assert_output --partial "export.sh: batch 1: no answer after 2 tries: curl: (7)"
}

@test "study-lookalikes.mk makes the audience's CSV on request" {
	make -s -f "$BATS_TEST_DIRNAME/../pipelines/study-lookalikes.mk" SEG="$B" GEN="$G" OUT="$T/o" "$T/o/audience.csv" 2> "$T/log" ||
		fail "$(cat "$T/log")"
	assert_equal "$(head -1 "$T/o/audience.csv")" external_id_sha256
	[ "$(grep -cE '^[0-9a-f]{64}$' "$T/o/audience.csv")" = 100 ]
}

@test "an audience of seg-assign goes through" {
	need_python http.server
	awk 'BEGIN { OFS = "\t"; print "customer_id", "x", "e_mail"; for (i = 0; i < 300; i++) print i, i % 3 * 9 + i % 5, "u" i "@x" }' > "$T/in"
	"$B/seg-kmeans" -q -k 3 -c x "$T/in" > "$T/model"
	serve
	"$B/seg-assign" -q -m "$T/model" --lookalike 1 --top 40 "$T/in" | tee "$T/a.gz" | BATCH=25 "$X" post "$url"
	assert_equal "$(jq -c '.body.rows | length' "$T/sent" | tr '\n' ' ')" "25 15 "
	[ "$("$X" csv customer_id,e_mail "$T/a.gz" | grep -cE '^[0-9a-f]{64},[0-9a-f]{64}$')" = 40 ]
}
