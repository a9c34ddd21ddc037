# Runs a cluster for as long as somebody holds this shell's standard input open: a program that is killed leaves no postmaster behind.
# $1 pg_ctl, $2 data folder, $3 log file, $4 a folder to remove in the end, or empty.
# A line on standard input names the way to stop (fast, immediate); the end of input means fast, and that the program is gone.
trap '' INT HUP QUIT TERM
"$1" start -D "$2" -l "$3" -w -t 120 </dev/null || exit 1
echo ready
mode=gone
read -r mode || mode=gone
if [ "$mode" = gone ]; then stop=fast; else stop=$mode; fi
"$1" stop -D "$2" -m "$stop" -w -t 120 </dev/null
if [ "$mode" = gone ] && [ -n "$4" ]; then rm -rf "$4"; fi
