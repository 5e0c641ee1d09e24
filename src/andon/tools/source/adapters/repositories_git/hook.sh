#!/bin/sh
# Tells the server what git is about to do (pre-receive) or has done (post-receive), shows what the server says, and ends
# as it decides. The two pipes are inherited from the server; when it dies, they break and the push is refused.
{
  printf '%s %s\n' "${0##*/}" "$GIT_QUARANTINE_PATH"
  i=0
  while [ "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
    eval "printf 'option %s\n' \"\$GIT_PUSH_OPTION_$i\""
    i=$((i + 1))
  done
  cat
  echo end
} >"/proc/self/fd/$ANDON_CALL" || exit 1
while IFS= read -r line; do
  case $line in
  "say "*) printf '%s\n' "${line#say }" ;;
  yes) exit 0 ;;
  no) exit 1 ;;
  esac
done <"/proc/self/fd/$ANDON_ANSWER"
echo "Andon went away during the push. Push again when it is back; what did land is kept."
exit 1
