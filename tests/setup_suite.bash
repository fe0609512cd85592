# For `bats tests/NAME.bats' by hand; tests/run has prepared all of this.
setup_suite() {
	export BUILD=${BUILD:-${BATS_TEST_DIRNAME%/tests}/build}
	export ASAN_OPTIONS=detect_leaks=0 LC_ALL=C.UTF-8 NO_COLOR=1
	case :$PATH: in
	*:$BUILD/bin:*) ;;
	*) export PATH=$BUILD/bin:$PATH ;;
	esac
	unset DATABASE_URL "${!PG@}"
	if [ -z "${TEST_SERVER_URL:-}" ]; then
		TEST_SERVER_URL=$(dbm tmp -w 60) || return 1
		export TEST_SERVER_URL
	fi
}
