// Without the discovery of a cluster's members in clouds; an agent that is alone needs none.
package discovery

import (
	"errors"
	"net"
)

func newWithGoDiscovery(Options) (DiscoverFn, error) {
	return nil, errors.New("cluster discovery is not in this build")
}

func appendPortIfAbsent(addr string, port string) string {
	if _, _, err := net.SplitHostPort(addr); err == nil {
		return addr
	}
	return net.JoinHostPort(addr, port)
}
