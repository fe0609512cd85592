# pause.pl SOCKETS FOLDER TEXT: hands connections to FOLDER/.s.PGSQL.5432 on
# to the server whose socket is in SOCKETS.  The first time that a client
# sends TEXT, FOLDER/paused is made, and it waits until there is FOLDER/go.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my ($sockets, $folder, $text) = @ARGV;
$SIG{CHLD} = 'IGNORE';
my $listen = IO::Socket::UNIX->new(Local => "$folder/.s.PGSQL.5432",
    Listen => 16) or die "$folder: $!";
while (my $client = $listen->accept) {
	next if fork;
	my $server = IO::Socket::UNIX->new(Peer => "$sockets/.s.PGSQL.5432")
	    or die "$sockets: $!";
	my $select = IO::Select->new($client, $server);
	while (1) {
		for my $from ($select->can_read) {
			my $n = sysread $from, my $data, 65536;
			exit unless $n;
			if ($from == $client && index($data, $text) >= 0 &&
			    !-e "$folder/paused") {
				open my $f, '>', "$folder/paused";
				close $f;
				select undef, undef, undef, 0.02
				    until -e "$folder/go";
			}
			my $to = $from == $client ? $server : $client;
			for (my $sent = 0; $sent < $n; ) {
				$sent += syswrite($to, $data, $n - $sent,
				    $sent) // exit;
			}
		}
	}
}
