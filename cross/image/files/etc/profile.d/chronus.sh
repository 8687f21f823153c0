# the state in one screen, for a person who logs in
case $- in
*i*) [ -z "${SSH_TTY:-}" ] || /usr/lib/chronus/welcome ;;
esac
