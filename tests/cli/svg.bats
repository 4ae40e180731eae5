#!/usr/bin/env bats
# The pictures of inspect --history and --runs with -w svg. A parser accepts them as XML, and a browser shows them in light
# and in dark mode.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

put() { etcdctl put "$1/$2" "$3" >/dev/null; }
drop() { etcdctl del "$1/$2" >/dev/null; }

# some_terms NAME: makes a history with three hosts, a change of leader, a time without a leader, and a waiting candidate.
some_terms() {
  put "$1" 1 host-one
  put "$1" 2 host-two
  drop "$1" 1
  drop "$1" 2
  put "$1" 3 host-three
  put "$1" 4 host-one
}

# some_runs NAME: makes a run that ended with 0 and one that failed.
some_runs() {
  electctl campaign "$1" host-one --once monday -- true
  run -3 electctl campaign "$1" host-two --once tuesday -- sh -c 'exit 3'
}

# elements FILE: parses it as XML, and prints each element as a line of JSON: its name, its class, and its own text or that
# of its tooltip.
elements() {
  /usr/bin/python3 - "$1" <<'EOF2'
import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == "{http://www.w3.org/2000/svg}svg", root.tag
width, height = map(float, root.get("viewBox").split()[2:])
parent = {child: one for one in root.iter() for child in one}
for one in root.iter():
    assert one.tag.startswith("{http://www.w3.org/2000/svg}"), one.tag
    assert not set(one.attrib) - {"class", "x", "y", "width", "height", "rx", "d", "viewBox"}, one.attrib
    if one.tag.endswith("rect"):
        x, y, w, h = (float(one.get(name, 0)) for name in ("x", "y", "width", "height"))
        assert 0 <= x and x + w <= width and 0 <= y and y + h <= height and w > 0 and h > 0, one.attrib
    beside = parent[one].find("{*}title") if one is not root and parent[one] is not root else None
    text = one.text if one.tag.endswith("text") else beside.text if beside is not None else None
    print(one.tag.split("}")[1], one.get("class"), json.dumps(text))
EOF2
}

# screenshot FILE PNG WIDTH SCHEME: makes a picture of what Chromium shows, with a home folder of its own and no network.
screenshot() {
  local home options=()
  home=$(mktemp -d "$BATS_TEST_TMPDIR/chromium.XXXXXX")
  [[ $4 == light ]] || options=(--blink-settings=preferredColorScheme=0)
  HOME=$home timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars \
    --disable-background-networking --disable-component-update --disable-sync "--user-data-dir=$home" \
    "--window-size=$3,400" ${options[@]+"${options[@]}"} "--screenshot=$2" "file://$1" 3>&- >"$home/log" 2>&1 ||
    { cat "$home/log"; return 1; }
}

# colours PNG: prints its size, its most frequent colour, and how many pixels each colour has.
colours() {
  /usr/bin/python3 - "$1" <<'EOF2'
import collections, json, struct, sys, zlib
data = open(sys.argv[1], "rb").read()
assert data[:8] == b"\x89PNG\r\n\x1a\n"
at, packed = 8, b""
while at < len(data):
    size, kind = struct.unpack(">I4s", data[at:at + 8])
    if kind == b"IHDR": width, height, depth, colour = struct.unpack(">IIBB", data[at + 8:at + 18])
    if kind == b"IDAT": packed += data[at + 8:at + 8 + size]
    at += 12 + size
assert depth == 8 and colour in (2, 6), (depth, colour)
step = 3 if colour == 2 else 4
raw, before, count = zlib.decompress(packed), bytearray(width * step), collections.Counter()
for y in range(height):
    kind, line = raw[y * (width * step + 1)], bytearray(raw[y * (width * step + 1) + 1:(y + 1) * (width * step + 1)])
    for i in range(len(line)):
        left, up = line[i - step] if i >= step else 0, before[i]
        corner = before[i - step] if i >= step else 0
        nearest = min((left, up, corner), key=lambda one: abs(left + up - corner - one))  # Of equal ones the first, as PNG defines.
        line[i] = (line[i] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
    count.update(line[x:x + 3].hex() for x in range(0, len(line), step))
    before = line
print(json.dumps({"width": width, "height": height, "most": count.most_common(1)[0][0], "colours": count}))
EOF2
}

@test "inspect --history -w svg: one XML file of its own; each bar has its figures as a tooltip" {
  name=$(name_of_test)
  some_terms "$name"
  file=$BATS_TEST_TMPDIR/svg
  electctl inspect "$name" --history -w svg >"$file"
  elements "$file" >"$BATS_TEST_TMPDIR/elements"
  # Each term in the JSON has a bar.
  electctl inspect "$name" --history -w json | jq -c '.terms[] | "\(.value)\nleads \(if .last_revision
    then "from revision \(.first_revision) to \(.last_revision)" else "since revision \(.first_revision)" end
    )\nfencing token \(.create_revision)\nlease \(.lease)\nkey \(.key)"' >"$BATS_TEST_TMPDIR/terms"
  [[ $(wc -l <"$BATS_TEST_TMPDIR/terms") == 3 ]]
  diff "$BATS_TEST_TMPDIR/terms" <(sed -n 's/^[a-z]* leads tip //p' "$BATS_TEST_TMPDIR/elements")
  # A term that has not ended has another shape, not only another colour.
  grep -q '^path leads tip "host-three' "$BATS_TEST_TMPDIR/elements"
  [[ $(grep -c '^rect vacant tip "no leader from' "$BATS_TEST_TMPDIR/elements") == 1 ]]
  [[ $(grep -c '^rect waits tip "host-' "$BATS_TEST_TMPDIR/elements") == 2 ]]
  # Nothing is loaded or run. The only address is the name of the XML namespace.
  [[ $(grep -oE '[a-z]+://[^"]*' "$file" | sort -u) == http://www.w3.org/2000/svg ]]
  run -1 grep -ciE '<script|<image|<use|url\(|@import|@font|javascript' "$file"
  grep -q 'prefers-color-scheme:dark' "$file"
}

@test "inspect --history -w svg: nobody ever stood: exit 10, and the picture says so" {
  run -10 electctl inspect "$(name_of_test)" --history -w svg
  [[ $output == *'0 terms. The store reaches back to revision '*'</svg>' ]]
  elements <(cat <<<"$output") >/dev/null
}

@test "inspect --history -w svg: hostile names and values are text, and text alone" {
  name="$(name_of_test)-<&\"'>"$'\x1b[31m\xff'
  values=('</title><script>alert(1)</script>' '&lt;&#0;]]>' "\"' onload='x" $'\x1b[2J\x07' $'\xff\xfe' $'\xef\xbf\xbf'
    $'\xe2\x80\xae' '' '日本語のホスト')
  for i in "${!values[@]}"; do put "$name" "$i" "${values[i]}"; done
  head -c 1400000 /dev/zero | tr '\0' x | etcdctl put "$name/large" >/dev/null
  electctl inspect "$name" --history -w svg >"$BATS_TEST_TMPDIR/svg"
  elements "$BATS_TEST_TMPDIR/svg" >"$BATS_TEST_TMPDIR/elements"
  run -0 cut -d' ' -f1 "$BATS_TEST_TMPDIR/elements"
  [[ $(sort -u <<<"$output" | paste -sd' ') == 'g path rect style svg text title' ]]
  grep -qF '日本語のホスト' "$BATS_TEST_TMPDIR/svg"
  grep -qF '"&lt;&#0;]]>"' "$BATS_TEST_TMPDIR/elements"
  [[ $(wc -c <"$BATS_TEST_TMPDIR/svg") -lt 40000 ]]
  export LC_ALL=C.UTF-8
  run -1 grep -nP '[\x{1}-\x{8}\x{b}-\x{1f}\x{7f}-\x{9f}\x{202e}\x{fffe}\x{ffff}]' "$BATS_TEST_TMPDIR/svg"
  run -0 electctl inspect "$name" --history -w svg --hex
  [[ $output == *'\xe6\x97\xa5'* && $output != *日本* ]]
}

@test "inspect --runs -w svg: each run has a bar with its figures, a sign, and its state in words" {
  name=$(name_of_test)
  some_runs "$name"
  electctl inspect "$name" --runs -w svg >"$BATS_TEST_TMPDIR/svg"
  elements "$BATS_TEST_TMPDIR/svg" >"$BATS_TEST_TMPDIR/elements"
  electctl inspect "$name" --runs -w json | jq -r '.runs[] |
    "\(.id)\n\(.state) on \(.value)\nbegan \(.began)\nended \(.ended)"' >"$BATS_TEST_TMPDIR/runs"
  diff "$BATS_TEST_TMPDIR/runs" <(sed -nE 's/^rect (done|failed) tip //p' "$BATS_TEST_TMPDIR/elements" | jq -r . |
    grep -vE '^(took|exit code|fencing token|key|CMD)')
  grep -q 'exit code 3\\nfencing' "$BATS_TEST_TMPDIR/elements"
  grep -q '^text figure "done"$' "$BATS_TEST_TMPDIR/elements"
  grep -q '^text figure "failed 3"$' "$BATS_TEST_TMPDIR/elements"
  # Besides the bars there are signs, in the row and in the legend. Each state's sign has another shape.
  [[ $(grep -c '^path done null' "$BATS_TEST_TMPDIR/elements") == 2 ]]
  [[ $(grep -c '^rect failed null' "$BATS_TEST_TMPDIR/elements") == 2 ]]
  run -10 electctl inspect "$name-none" --runs -w svg
  [[ $output == *'0 runs.'*'</svg>' ]]
}

@test "inspect --history --runs: the runs beside the terms, in svg, JSON and on a terminal" {
  name=$(name_of_test)
  some_runs "$name"
  electctl inspect "$name" --history --runs -w svg >"$BATS_TEST_TMPDIR/svg"
  elements "$BATS_TEST_TMPDIR/svg" >"$BATS_TEST_TMPDIR/elements"
  [[ $(grep -c '^rect leads tip "host-' "$BATS_TEST_TMPDIR/elements") == 2 ]]
  grep -q '^rect done tip "monday\\ndone on host-one' "$BATS_TEST_TMPDIR/elements"
  grep -q '^rect failed tip "tuesday\\nfailed on host-two' "$BATS_TEST_TMPDIR/elements"
  electctl inspect "$name" --history --runs -w json |
    jq -e '(.terms | map(.value)) == ["host-one", "host-two"] and (.runs | map(.state)) == ["done", "failed"]
      and (.terms | map(.create_revision)) == (.runs | map(.token))'
  LC_ALL=C.UTF-8 TERM=xterm NO_COLOR=1 script -qec "stty cols 80; '$ELECTCTL' inspect '$name' --history --runs" \
    "$BATS_TEST_TMPDIR/screen" >/dev/null </dev/null 3>&-
  grep -qE '^monday +done +host-one' "$BATS_TEST_TMPDIR/screen"
  grep -A1 -E '^host-one +█' "$BATS_TEST_TMPDIR/screen" | tail -n1 | grep -qE '^ +=+.?$'
  grep -A1 -E '^host-two +█' "$BATS_TEST_TMPDIR/screen" | tail -n1 | grep -qE '^ +x+.?$'
}

@test "-w svg: the forms that have no picture say so: exit 4" {
  for command in "inspect job" "inspect job --verify" "inspect --all job" "leader job" "observe job --count 1"; do
    # shellcheck disable=SC2086
    run -4 electctl $command -w svg
    [[ $output == "Error: "*svg* ]]
  done
}

@test "-w svg: in a browser, light and dark, in narrow and wide windows, it is a picture with bars" {
  type -P chromium >/dev/null || skip "Debian's chromium is not on this machine"
  name=$(name_of_test)
  some_runs "$name"  # Make these first, because some_terms leaves a leader behind.
  some_terms "$name"
  electctl inspect "$name" --history --runs -w svg >"$BATS_TEST_TMPDIR/job.svg"
  screenshot "$BATS_TEST_TMPDIR/job.svg" "$BATS_TEST_TMPDIR/light.png" 500 light
  screenshot "$BATS_TEST_TMPDIR/job.svg" "$BATS_TEST_TMPDIR/dark.png" 900 dark
  # The colours of the page, of leaders, of runs that are done and of failed ones, and letters in many shades.
  colours "$BATS_TEST_TMPDIR/light.png" | jq -e '.width == 500 and .most == "ffffff"
      and .colours["0969da"] > 300 and .colours["1a7f37"] > 30 and .colours["cf222e"] > 30 and (.colours | length) > 20'
  colours "$BATS_TEST_TMPDIR/dark.png" | jq -e '.width == 900 and .most == "0d1117"
      and .colours["58a6ff"] > 300 and .colours["3fb950"] > 30 and .colours["f85149"] > 30 and (.colours | length) > 20'
}
