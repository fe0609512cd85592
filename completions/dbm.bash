# Completion of dbm for bash: it asks the program.
_dbm() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local dbm=${COMP_WORDS[0]} IFS=$'\n' all w a b
	all=$("$dbm" --complete 2>/dev/null | cut -f 1)
	w=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
	[ "${w[0]-}" != help ] || w=("${w[@]:1}" '')
	a=${w[0]-} b="$a ${w[1]-}"
	if grep -qxF -- "$b" <<<"$all"; then
		all=$("$dbm" "${w[@]:0:2}" --complete 2>/dev/null)
	elif [ -n "$a" ] && grep -qxF -- "$a" <<<"$all"; then
		all=$("$dbm" "$a" --complete 2>/dev/null)
	else # the next word of a command
		[ -z "$a" ] || all=$(sed -n "s/^$a //p" <<<"$all")
		COMPREPLY=($(compgen -W "$(cut -d " " -f 1 <<<"$all")" -- "$cur"))
		return
	fi
	case $(awk -F '\t' -v o="$prev" '$1 == o { print $2 }' <<<"$all"):$cur in
	'URL|NAME:'*) COMPREPLY=($(compgen -W "$(sed -nE \
	    's/^(export +)?(\w+)_DATABASE_URL *=.*/\2/p' .env 2>/dev/null |
	    tr A-Z_ a-z-)" -- "$cur")) ;;
	:-*) COMPREPLY=($(compgen -W "$(cut -f 1 <<<"$all")" -- "$cur")) ;;
	FILE:* | DIR:* | :*) compopt -o filenames 2>/dev/null
		COMPREPLY=($(compgen -f -- "$cur")) ;;
	esac
}
complete -F _dbm dbm
