/** Marks in the tools' file system for whoever cleans up after a harness that was killed. */
export const MARKS = "/run/splitbrain";

/** Where tools see their node's data folders, to fill them: `/data/0`, `/data/1`, … */
export const DATA_FOLDER = "/data";

/** The chain of packet filters that is ours. */
export const CHAIN = "SPLITBRAIN";

/**
 * What runs in the tools container: it reads a command a line, `<id> <shell command>`, and answers each with a line
 * `<id> <exit code> <output in base64>`. The variables `$filter` and `$filter6` name the packet filter that works on this
 * kernel.
 *
 * When its input ends, because the harness is done or because it was killed, it takes back all that it has done to the
 * network, the clock and the disk; so even a harness that dies at the worst moment leaves no partition behind.
 */
export const AGENT = `
mkdir -p ${MARKS}
filter= filter6=
for kind in nft legacy; do
  if iptables-$kind -w -S INPUT >/dev/null 2>&1; then
    filter=iptables-$kind
    ip6tables-$kind -w -S INPUT >/dev/null 2>&1 && filter6=ip6tables-$kind
    break
  fi
done
heal() {
  for f in $filter $filter6; do
    $f -w -D INPUT -j ${CHAIN}
    $f -w -F ${CHAIN}
    $f -w -X ${CHAIN}
  done
  for device in $(ls /sys/class/net); do tc qdisc del dev $device root; done
  [ -d /splitbrain ] && echo +0 > /splitbrain/offset
  rm -f ${DATA_FOLDER}/*/.splitbrain-full
} >/dev/null 2>&1
trap heal EXIT
trap 'exit 0' TERM INT HUP
while IFS= read -r line; do
  out=$(eval "\${line#* }" 2>&1)
  printf '%s %s %s\\n' "\${line%% *}" $? "$(printf %s "$out" | base64 -w0)"
done
`;
