package transport

import (
	"net"

	"github.com/quic-go/quic-go"

	"deskhand/protocol/transport/mend"
)

// mendingLabel is what the keys of side packets are exported from TLS under.
const mendingLabel = "EXPORTER-deskhand-mend1"

// newFlow makes what mends a connection whose handshake is over. Where the peer does not know side packets it only sends
// again what the silence of the network may have swallowed.
func newFlow(c *quic.Conn, dialled bool) *mend.Flow {
	return mend.NewFlow(mendingKeys(c, dialled), func() mend.Counts {
		s := c.ConnectionStats()
		return mend.Counts{Sent: s.PacketsSent, Lost: s.PacketsLost, Received: s.PacketsReceived}
	})
}

func mendingKeys(c *quic.Conn, dialled bool) *mend.Keys {
	state := c.ConnectionState().TLS
	if state.NegotiatedProtocol != mendingName {
		return nil
	}
	material, err := state.ExportKeyingMaterial(mendingLabel, nil, mend.KeysLen)
	if err != nil {
		return nil
	}
	keys, err := mend.KeysFrom(material, dialled)
	if err != nil {
		return nil
	}
	return &keys
}

// attach gives a flow the address that its connection has now and reports whether it had another one before.
func attach(s *mend.Socket, f *mend.Flow, c *quic.Conn) (moved bool) {
	remote, ok := c.RemoteAddr().(*net.UDPAddr)
	return ok && s.Attach(f, remote.AddrPort())
}
