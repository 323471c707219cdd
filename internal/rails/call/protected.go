package call

import (
	"net"
	"net/url"
	"strings"
)

// Protected reports whether secrets may travel to u: over https, or over plain
// HTTP to a host that cannot be a counterparty's (this machine, a private
// network, or the bare name of a container).
func Protected(u *url.URL) bool {
	host := u.Hostname()
	ip := net.ParseIP(host)
	near := ip != nil && (ip.IsLoopback() || ip.IsPrivate()) || ip == nil && host != "" && !strings.Contains(host, ".")
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && near)
}
