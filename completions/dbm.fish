# Completion of dbm for fish: it asks the program.
function __dbm_complete
    set -l w (commandline -opc)[2..]
    test "$w[1]" = help; and set -e w[1]
    set -l all (dbm --complete 2>/dev/null)
    set -l cmd
    if string match -q -- "$w[1] $w[2]"\t'*' $all
        set cmd $w[1..2]
    else if set -q w[1]; and string match -q -- $w[1]\t'*' $all
        set cmd $w[1]
    else # the next word of a command
        set -q w[1]; and set all (string replace -f -- "$w[1] " '' $all)
        string replace -r '^(\S+) [^\t]*' '$1' -- $all
        return
    end
    set -l rows (dbm $cmd --complete 2>/dev/null)
    set -l arg (string match -- $w[-1]\t'*' $rows | string split -f 2 \t)
    switch "$arg":(commandline -ct)
        case 'URL|NAME:*'
            string replace -rf '^(?:export +)?(\w+)_DATABASE_URL *=.*' '$1' \
                <.env 2>/dev/null | string lower | string replace -a _ -
        case ':-*'
            string replace -r '\t.*\t' \t -- $rows
        case 'FILE:*' 'DIR:*' ':*'
            __fish_complete_path (commandline -ct)
    end
end
complete -c dbm -f -a '(__dbm_complete)'
